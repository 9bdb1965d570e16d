import { createServer } from 'node:https';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHALLENGE } from '../fuzz/challenge.ts';
import { ATTACKS, type AttackName } from './attacks.ts';

/*
 * The hostile side, in a process of its own, so that what it costs is not taken for what it does to others. Arguments: key and
 * certificate. Says its ports; told the name of an attack, it makes it ready, says so, and answers everybody with it.
 */
const [, , key = '', cert = ''] = process.argv;

let attack: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
  response.end();

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  request.on('end', () => {
    const isVault = /^(?:team|\w+)\.vault\./.test(request.headers.host ?? '');
    if (!isVault || request.headers.authorization !== undefined) return attack(request, response);
    response.writeHead(401, { 'www-authenticate': CHALLENGE });
    response.end();
  });
}

const servers = [createServer({ key, cert }, answer), createPlainServer(answer)];
const listening = servers.map(
  (server) =>
    new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    }),
);
const [tls, plain] = await Promise.all(listening);
process.send?.({ tls, plain });
process.on('message', (name: AttackName) => {
  attack = ATTACKS[name]();
  process.send?.({ ready: name });
});
process.on('disconnect', () => process.exit(0));
