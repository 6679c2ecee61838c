import { isPlaceholder } from './placeholder';
import { KEY, SECRET } from '../../test/support/settings-samples';

describe('isPlaceholder', () => {
  it.each([
    '앱키', // open-trading-api, kis_devlp.yaml
    '모의투자 앱키 시크릿',
    '여기에 실전투자 앱키 입력',
    '발급받은_APP_KEY',
    'YOUR_APP_KEY',
    'your-kis-app-secret',
    'your app key',
    'yourAppKey',
    'APP_KEY_HERE',
    'dummy_real_app_key',
    'app_key',
    'secret',
    '<app key>',
    '${KIS_APP_KEY}',
    '$KIS_APP_KEY',
    'xxxxxxxx',
    '...',
  ])('finds %s', (value) => {
    expect(isPlaceholder(value)).toBe(true);
  });

  it.each([KEY, SECRET, 'x'.repeat(180), 'PSyour0here1example', 'x', '12345678'.repeat(4)])(
    'takes %s for a key',
    (value) => {
      expect(isPlaceholder(value)).toBe(false);
    },
  );
});
