import * as swagger from '@nestjs/swagger';

/**
 * The decorators of `@nestjs/swagger`, under their own names. They are recorded here and applied when the API
 * description is first requested: loading the package with lodash and js-yaml takes a tenth of the start time, and most
 * runs never need it. `.swcrc` loads it lazily, and no other file may import it (`.dependency-cruiser.cjs`).
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

/** A decorator that is created only when the API description is requested, for arguments that are costly to build. */
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
