import { describe, expect, it } from 'vitest';
import { readPem } from '../../shared/certificate/pem.ts';

const block = (label: string): string => `-----BEGIN ${label}-----\nTm90aGluZw==\n-----END ${label}-----\n`;

const refusalOf = (text: string): Promise<string> =>
  readPem(text, { source: 'app-1--cert' }).then(
    () => 'nothing was refused',
    (error: Error) => error.message,
  );

describe('a PEM block that cannot be read', () => {
  it.each(['CERTIFICATE', 'PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY'])(
    'is named by a label that is known: %s',
    async (label) => {
      expect(await refusalOf(block(label))).toBe(
        `secret app-1--cert holds a ${label} block that cannot be read`,
      );
    },
  );

  it.each(['HUNTER2 PRIVATE KEY', 'HUNTER2PRIVATE KEY', 'RSA HUNTER2 PRIVATE KEY', ' PRIVATE KEY'])(
    'is not named by a label that anybody may have written: %j',
    async (label) => {
      expect(await refusalOf(block(label))).toBe('secret app-1--cert holds a private key of an unknown kind');
    },
  );

  it('is passed over when its label names neither certificate nor key', async () => {
    expect(await refusalOf(block('HUNTER2'))).toBe('nothing was refused');
  });
});
