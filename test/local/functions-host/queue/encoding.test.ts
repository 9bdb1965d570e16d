import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from './encoding.ts';

describe('a queue message', () => {
  it.each(['', 'text', '{"a":1}', 'ü€🔑', '\uFEFFbom'])('%j is read as it was written', (text) => {
    expect(decodeMessage(encodeMessage(text, 'base64'), 'base64')).toEqual({ text });
    expect(decodeMessage(encodeMessage(text, 'none'), 'none')).toEqual({ text });
  });

  it('may hold white space between its base64 characters', () => {
    expect(decodeMessage(' dGV4\r\ndA==\n', 'base64')).toEqual({ text: 'text' });
  });

  it.each(['{"not":"base64"}', 'dGV4d', 'dGV4=A==', 'dGV4dA='])('%j is undecodable as base64', (text) => {
    expect(decodeMessage(text, 'base64')).toBe('undecodable');
  });

  it('is decodable but no text when its bytes are no UTF-8', () => {
    expect(decodeMessage(Buffer.from([0xff, 0xfe, 0x80]).toString('base64'), 'base64')).toBe('unbindable');
  });
});
