// Lint rules for the whole tree. Who may import whom is not here: test/unit/directions.test.ts holds it.
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Where one of our own commands is named by a bare string, which nothing checks. */
const OUR_ID = ['Literal[value=/^kongPlugin\\./]', 'TemplateLiteral[quasis.0.value.raw=/^kongPlugin\\./]'];
const bareCommands = OUR_ID.flatMap((id) => [
  `CallExpression[callee.property.name="executeCommand"] > ${id}:first-child`,
  `CallExpression[callee.property.name="executeCommand"] > :first-child ${id}`,
  `Property[key.name="command"] > ${id}.value`,
]).map((selector) => ({
  selector,
  message: 'Name our own commands by runCommand or commandLink of src/extension/ourCommands.ts.',
}));

export default defineConfig(
  { ignores: ['dist/', 'out/', 'node_modules/', '.vscode-test/', 'test/fixtures/', 'example/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './src/extension/panel/page/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'no-console': 'error',
      'no-control-regex': 'off',
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true, boolean: true } }],
    },
  },
  { files: ['src/extension/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...bareCommands] } },
  // mocha's `this.timeout()` and the promises that describe()/it() callbacks return
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/no-invalid-this': 'off' },
  },
  { files: ['scripts/**', 'test/**'], rules: { 'no-console': 'off', 'no-undef': 'off' } },
  // A JSDoc cast is not in the syntax tree that these rules read; tsc (checkJs) holds the types of the scripts.
  {
    files: ['**/*.mjs'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
