import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', 'bench/**', '**/*.cjs', '**/*.mjs', '**/*.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: ['./tsconfig.check.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config/**', 'src/main*.ts', 'src/**/*.spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read in src/config only.' },
      ],
    },
  },
  {
    files: ['src/kis/**/*.ts', 'test/simulation/**/*.ts'],
    ignores: ['src/kis/clock.ts', 'src/kis/token/kis-token.refresh-job.ts', '**/*.spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Ask the KisClock.' },
        { object: 'Math', property: 'random', message: 'Ask the KisRandom.' },
        { object: 'performance', property: 'now', message: 'Ask the KisClock.' },
        { object: 'process', property: 'env', message: 'The environment is read in src/config only.' },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'setTimeout', message: 'Ask the KisClock.' },
        { name: 'setInterval', message: 'Ask the KisClock.' },
      ],
      // It is loaded when it is needed, and a default import in a declaration does not compile without esModuleInterop.
      'no-restricted-imports': ['error', { name: 'libsql', message: 'Use the types of sqlite-file.ts.' }],
    },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
