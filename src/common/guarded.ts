import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from './api-description';

/** Documents that the routes need the API key, in either of two headers, if one is configured. */
export function Guarded(): ClassDecorator {
  return applyDecorators(ApiBearerAuth('bearer'), ApiSecurity('header'));
}
