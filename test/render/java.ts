import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, 'java/Dump.java');

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

/** What Java's own classes read: `properties FILE…`, `store FILE PASSWORD`, or `stores LIST`. A JDK has to be there. */
export function dumpedByJava(...args: string[]): Map<string, string> {
  const lines = execFileSync('java', [PROGRAM, ...args], { maxBuffer: 64 * 1024 * 1024 })
    .toString()
    .split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [name, value] = line.split(' ');
      return name === undefined || value === undefined ? [] : [[decoded(name), decoded(value)] as const];
    }),
  );
}

/** The JDK's `keytool -list`, as a person would look into a store. */
export function listedByKeytool(file: string, password: string): string {
  const args = [
    '-list',
    '-storetype',
    'PKCS12',
    '-keystore',
    file,
    '-storepass',
    password,
    '-J-Duser.language=en',
  ];
  return execFileSync('keytool', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
}
