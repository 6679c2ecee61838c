/** The contract of token stores is built: applications that bring a store of their own get it. */
const UNBUILT = '(\\.spec|^src/kis/(http|order)/.*\\.contract)\\.ts$';
/** The directions in which the rooms of `src` may know each other (docs/architecture.md). */
const FEATURES = 'accounts|orders|tokens|quotes|stream|symbols|market|gateway|health|metrics|status';

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
      name: 'features-do-not-know-each-other',
      severity: 'error',
      from: { path: `^src/(${FEATURES})/` },
      to: { path: `^src/(${FEATURES})/`, pathNot: '^src/$1/' },
    },
    {
      name: 'only-the-root-knows-features',
      severity: 'error',
      from: { path: '^src/(kis|config|common|platform|simulator|logging)/' },
      to: { path: `^src/(${FEATURES}|cli|app\\.module|configure-app)` },
    },
    {
      name: 'platform-knows-nothing-above-it',
      comment: 'How requests arrive and responses are written; guards, filters and routes use it.',
      severity: 'error',
      from: { path: '^src/platform/', pathNot: UNBUILT },
      to: { path: '^src/', pathNot: '^src/(platform|logging|kis)/' },
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
      name: 'transport-knows-one-exchange',
      comment: 'A connection, a deadline, an answer: no token, no rate, no call.',
      severity: 'error',
      from: { path: '^src/kis/transport/', pathNot: UNBUILT },
      to: { path: '^src/kis/[^/]+/', pathNot: '^src/kis/(transport|protocol)/' },
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
      name: 'auth-knows-no-token-rules',
      severity: 'error',
      from: { path: '^src/kis/auth/', pathNot: UNBUILT },
      to: { path: '^src/kis/(token|http|account|quotation)/' },
    },
    {
      name: 'token-knows-no-http',
      severity: 'error',
      from: { path: '^src/kis/token/', pathNot: UNBUILT },
      to: { path: '^src/kis/(http|account|quotation)/' },
    },
    {
      name: 'http-knows-no-calls',
      severity: 'error',
      from: { path: '^src/kis/http/', pathNot: UNBUILT },
      to: { path: '^src/kis/(account|quotation)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default'] },
  },
};
