import { describe, expect, it } from 'vitest';
import { readPem } from '../../shared/certificate/pem.ts';

const block = (label: string): string => `-----BEGIN ${label}-----\nTm90aGluZw==\n-----END ${label}-----\n`;

function refusalOf(text: string): string {
  try {
    readPem(text, 'app-1--cert');
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  }
  return 'nothing was refused';
}

describe('a PEM block that cannot be read', () => {
  it.each([
    'CERTIFICATE',
    'PRIVATE KEY',
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
  ])('is named by a label that is known: %s', (label) => {
    expect(refusalOf(block(label))).toContain(
      `secret app-1--cert holds a ${label} block that cannot be read`,
    );
  });

  it.each(['HUNTER2 PRIVATE KEY', 'HUNTER2PRIVATE KEY', 'RSA HUNTER2 PRIVATE KEY', ' PRIVATE KEY'])(
    'is not named by a label that anybody may have written: %j',
    (label) => {
      expect(refusalOf(block(label))).toBe(
        'secret app-1--cert holds a PRIVATE KEY block that cannot be read (is it encrypted?)',
      );
    },
  );

  it('is passed over when its label names neither certificate nor key', () => {
    expect(refusalOf(block('HUNTER2'))).toBe('nothing was refused');
  });
});
