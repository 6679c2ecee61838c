/** The contract of token stores is built: applications that bring a store of their own get it. */
const UNBUILT = '(\\.spec|^src/kis/(http|order)/.*\\.contract)\\.ts$';
const TESTS = '\\.(spec|contract)\\.ts$';
const FEATURES = 'accounts|orders|tokens|quotes|stream|symbols|market|gateway|health|metrics|status';

/** The rooms of `src` and of `src/kis`, lowest first: each row may import from the rows above it (docs/architecture.md). */
const ROOMS = ['kis|simulator', 'config', 'logging', 'platform', 'common', FEATURES];
const KIS_ROOMS = [
  'protocol',
  'files|redaction|transport',
  'redis',
  'auth',
  'token',
  'http',
  'account|quotation',
  'order',
  'realtime',
];

/** A rule for each row but the lowest, which has its own: a room knows itself, not its neighbours, and what is lower. */
const arrows = (folder, rows, reach) =>
  rows.slice(1).map((row, index) => ({
    name: 'lower-rooms-only',
    comment: `Neither a neighbour nor anything above: ${row}`,
    severity: 'error',
    from: { path: `^${folder}(${row})/`, pathNot: TESTS },
    to: {
      path: `^${reach}`,
      pathNot: [`^${folder}$1/`, `^${folder}(${rows.slice(0, index + 1).join('|')})/`],
    },
  }));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'built-knows-nothing-unbuilt',
      comment: 'Specs, contract suites and test/ are not part of the product.',
      severity: 'error',
      from: { path: '^src/', pathNot: UNBUILT },
      to: { path: `^(test|bench|scripts)/|${UNBUILT}` },
    },
    {
      name: 'product-knows-no-testing',
      comment: 'The contract of token stores and its helpers are for applications that test a store.',
      severity: 'error',
      from: { path: '^src/', pathNot: [TESTS, '^src/kis/testing/'] },
      to: { path: ['^src/kis/testing/', TESTS] },
    },
    {
      name: 'kis-knows-nothing-above-it',
      comment: 'src/kis is a library: it must stay liftable, its tests included.',
      severity: 'error',
      // The scenarios of the gateway are about a feature that uses the library.
      from: { path: '^(src/kis|test/simulation|test/support/kis)/', pathNot: '^test/simulation/gateway/' },
      to: { path: '^src/', pathNot: '^src/kis/' },
    },
    {
      name: 'kis-through-its-barrel',
      comment:
        'Everything outside uses src/kis/index.ts only; what prints also where the library is not loaded (kis --help) ' +
        'uses the two files that make text printable.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/kis/' },
      to: { path: '^src/kis/', pathNot: '^src/kis/(index|escape-controls|redaction/redactor)\\.ts$' },
    },
    {
      name: 'simulator-and-kis-are-strangers',
      comment: 'A wrong constant must not be able to be right on both sides.',
      severity: 'error',
      from: { path: '^(src|test/support)/simulator/' },
      to: { path: '^(src|test)/', pathNot: '^(src|test/support)/simulator/' },
    },
    {
      name: 'swagger-on-demand',
      comment: 'A start does not load it: decorators come from common/api-description.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(api-docs|common/api-description)\\.ts$' },
      to: { path: '@nestjs/swagger' },
    },
    {
      name: 'protocol-is-the-floor',
      severity: 'error',
      from: { path: '^src/kis/protocol/' },
      to: { path: '^src/kis/', pathNot: '^src/kis/protocol/' },
    },
    {
      name: 'exchanges-only-through-transport',
      comment: 'One way out to KIS: nobody else opens HTTP connections.',
      severity: 'error',
      from: { path: '^src/kis/', pathNot: `(${UNBUILT}|^src/kis/transport/)` },
      to: { path: '^(node:)?https?$' },
    },
    {
      name: 'files-know-no-user-of-theirs',
      comment: 'Tokens, permits and the journal are kept by it, and it knows nothing of them.',
      severity: 'error',
      from: { path: '^src/kis/files/', pathNot: UNBUILT },
      to: { path: '^src/kis/', pathNot: '^src/kis/(files/|clock\\.ts$|kis\\.errors\\.ts$)' },
    },
    {
      name: 'kis-floor-knows-no-room',
      comment:
        'Clock, errors, events, credentials; only options, the module and the barrel know what is in the rooms.',
      severity: 'error',
      from: { path: '^src/kis/[^/]+\\.ts$', pathNot: `(${TESTS}|(options|module|index|destinations)\\.ts$)` },
      to: { path: '^src/kis/[^/]+/', pathNot: '^src/kis/(protocol|redaction)/' },
    },
    ...arrows('src/', ROOMS, 'src/'),
    ...arrows('src/kis/', KIS_ROOMS, 'src/kis/[^/]+/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default'] },
  },
};
