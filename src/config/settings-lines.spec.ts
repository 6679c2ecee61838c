import { parseSettingsLines } from './settings-lines';

describe('parseSettingsLines', () => {
  it('counts values over several lines as one assignment', () => {
    const { values, lineOf, strayLines } = parseSettingsLines('A="one\ntwo"\nB=3\n');
    expect(values).toEqual({ A: 'one\ntwo', B: '3' });
    expect([lineOf('A'), lineOf('B'), lineOf('C')]).toEqual([1, 3, null]);
    expect(strayLines).toEqual([]);
  });

  it('distinguishes a written line break from a real one', () => {
    expect(parseSettingsLines('A="one\\ntwo"\nnonsense\n').strayLines).toEqual([2]);
  });

  it.each(['set KIS_APP_KEY=abc', '$env:KIS_APP_KEY = "abc"', 'KIS_APP_KEY abc', 'my notes'])(
    'finds the line that looks like a setting and is none: %s',
    (line) => {
      expect(parseSettingsLines(`# comment\n\n${line}\r\nA=1`)).toMatchObject({
        values: { A: '1' },
        strayLines: [3],
      });
    },
  );
});
