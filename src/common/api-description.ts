import * as swagger from '@nestjs/swagger';

/**
 * The decorators of `@nestjs/swagger`, under their own names. They are noted here and applied when the description of
 * the API is asked for: the package with lodash and js-yaml is a tenth of what a start costs, and hardly a start needs it.
 * `.swcrc` loads it where it is first used (`lazy`), and nobody else imports it (`.dependency-cruiser.cjs`).
 */
type Swagger = typeof swagger;
type Decorator = (...target: readonly unknown[]) => unknown;

const noted: (() => unknown)[] = [];
let isDescribing = false;

/** The package, with everything in it that was decorated. */
export function loadSwagger(): Swagger {
  isDescribing = true;
  // In the order in which they were written.
  for (const apply of noted.splice(0)) apply();
  return swagger;
}

/** A decorator that is made when the description is asked for, for those whose arguments are costly to make. */
export function described(make: (swagger: Swagger) => MethodDecorator): MethodDecorator {
  return noting(() => make(swagger) as Decorator);
}

function noting(make: () => Decorator): (...target: readonly unknown[]) => void {
  return (...target) => {
    const apply = (): unknown => make()(...target);
    if (isDescribing) apply();
    else noted.push(apply);
  };
}

function later<Name extends Extract<keyof Swagger, `Api${string}`>>(name: Name): Swagger[Name] {
  const factory = (...settings: readonly unknown[]) =>
    noting(() => (swagger[name] as (...settings: readonly unknown[]) => Decorator)(...settings));
  return factory;
}

export const ApiAcceptedResponse = later('ApiAcceptedResponse');
export const ApiBearerAuth = later('ApiBearerAuth');
export const ApiBody = later('ApiBody');
export const ApiCreatedResponse = later('ApiCreatedResponse');
export const ApiExtraModels = later('ApiExtraModels');
export const ApiHeader = later('ApiHeader');
export const ApiNoContentResponse = later('ApiNoContentResponse');
export const ApiOkResponse = later('ApiOkResponse');
export const ApiOperation = later('ApiOperation');
export const ApiParam = later('ApiParam');
export const ApiProduces = later('ApiProduces');
export const ApiProperty = later('ApiProperty');
export const ApiPropertyOptional = later('ApiPropertyOptional');
export const ApiQuery = later('ApiQuery');
export const ApiResponse = later('ApiResponse');
export const ApiSecurity = later('ApiSecurity');
export const ApiTags = later('ApiTags');
