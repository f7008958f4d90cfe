import js from '@eslint/js'
import a11y from 'eslint-plugin-jsx-a11y'
import hooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import ts from 'typescript-eslint'

const CHINESE = '/[\\u3400-\\u9fff]/'
const HEX = '/#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\\b/'

const words = (node) => ({
  selector: `${node}[value=${CHINESE}]`,
  message: 'Words for users belong into the feature\'s zh-CN.json and en-US.json.',
})

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/api/schema.d.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  a11y.flatConfigs.recommended,
  hooks.configs.flat.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      'max-lines': ['error', { max: 250 }],
      'jsx-a11y/no-autofocus': 'off', // dialogs put the focus into their first field, which is what a user expects
      '@typescript-eslint/consistent-type-imports': 'error',
      // Features merge their words into one interface, which only an interface can do.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
    },
  },
  {
    files: ['src/**/*.tsx'],
    ignores: ['src/**/*.test.tsx'],
    rules: {
      'no-restricted-syntax': [
        'error',
        words('Literal'),
        words('JSXText'),
        { selector: `TemplateElement[value.raw=${CHINESE}]`, message: words('').message },
        { selector: `Literal[value=${HEX}]`, message: 'Colours come from src/shared/palette.ts, so that both themes have them.' },
      ],
    },
  },
  {
    files: ['src/features/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@/features/*', '@/console/*', '@/sidebar/*', '@/simulator/*', '../../*'],
              message: 'A feature imports from @/shared and @/api, never from another feature or a surface.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/shared/**', 'src/api/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@/features/*', '@/console/*', '@/sidebar/*', '@/simulator/*'],
              message: 'What is shared knows nothing of those who use it.',
            },
          ],
        },
      ],
    },
  },
  { files: ['scripts/**'], languageOptions: { globals: { ...globals.node } } },
)
