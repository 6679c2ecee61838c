import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { cleanUpAfterTests } from './cleanup';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const executable = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** Tests in a browser of this machine. Without one they are skipped in plain sight, and in CI they fail. */
export const inBrowser = executable === undefined && process.env['CI'] === undefined ? it.skip : it;

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 375, height: 667 };

/** A page in a real Chromium with a profile of its own. */
export class OpenPage {
  private constructor(
    readonly page: Page,
    /** What a person would find in the console: messages, uncaught errors, requests that failed. */
    readonly complaints: readonly string[],
  ) {}

  static async at(url: string, viewport: { width: number; height: number } = DESKTOP): Promise<OpenPage> {
    const context = await (await browser()).newContext({ viewport });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    await page.goto(url);
    return new OpenPage(page, complaints);
  }

  /** Waits for a text to be visible; throws with what the page shows and complains of. */
  async untilShown(text: string, limitMs = 60_000): Promise<void> {
    try {
      await this.page.getByText(text).first().waitFor({ timeout: limitMs });
    } catch (cause) {
      const shown = await this.page.locator('body').innerText();
      throw new Error(`"${text}" is not shown. Console: ${this.complaints.join('\n')}\nPage: ${shown}`, {
        cause,
      });
    }
  }
}

let running: Promise<Browser> | undefined;

function browser(): Promise<Browser> {
  running ??= launch();
  return running;
}

async function launch(): Promise<Browser> {
  if (executable === undefined) throw new Error('There is no browser on this machine; install chromium.');
  const launched = await chromium.launch({ executablePath: executable, args: ['--no-sandbox'] });
  cleanUpAfterTests(() => launched.close());
  return launched;
}
