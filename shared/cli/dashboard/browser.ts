import { spawn } from 'node:child_process';

interface Opener {
  command: readonly [string, ...string[]];
  /** Read by the program instead of an argument: everybody on a machine sees those. */
  script?: string;
}

/** On Linux the door asks the system instead whose the connection is, for browsers get the address as an argument there. */
function openerOn(platform: NodeJS.Platform, address: string): Opener {
  if (platform === 'darwin')
    return { command: ['osascript', '-'], script: `open location ${JSON.stringify(address)}\n` };
  // `start` takes its first quoted word for a title.
  if (platform === 'win32') return { command: ['cmd', '/c', 'start', '', address] };
  return { command: ['xdg-open', address] };
}

/** Opens the address in the person's browser; false when there is nothing that could. */
export function openBrowser(address: string, platform = process.platform): Promise<boolean> {
  const { command, script } = openerOn(platform, address);
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const stdin = script === undefined ? 'ignore' : 'pipe';
    const child = spawn(program, args, { stdio: [stdin, 'ignore', 'ignore'], detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
    // A program that ends without reading it has opened nothing, which the person sees.
    child.stdin?.on('error', () => {});
    child.stdin?.end(script);
    child.unref();
  });
}
