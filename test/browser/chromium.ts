import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** Debian's, unless CHROMIUM names another one. */
const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Chromium's sandbox refuses root, which containers run as. */
const isRoot = process.getuid?.() === 0;

export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: isRoot ? ['--no-sandbox'] : [] });
}

export interface Window {
  page: Page;
  /** Rejects when anything was wrong in it: an error of a script or on the console, or a request to anything but 127.0.0.1. */
  close: () => Promise<void>;
  /** Says that something wrong is meant to happen. */
  pardon: (expected: RegExp) => void;
}

/** A fresh profile that has opened this address. */
export async function openWindow(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context: BrowserContext = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).hostname !== '127.0.0.1') wrong.push(`a request to ${request.url()}`);
  });
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const pardoned: RegExp[] = [];
  const close = async (): Promise<void> => {
    await context.close();
    const found = wrong.filter((text) => !pardoned.some((expected) => expected.test(text)));
    if (found.length > 0) throw new Error(`in the window: ${found.join('; ')}`);
  };
  return { page, close, pardon: (expected) => void pardoned.push(expected) };
}
