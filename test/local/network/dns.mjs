// Preload (`NODE_OPTIONS=--import`) and test import: sends every name under `.localhost` to this machine.
// RFC 6761 promises that such names are loopback, but resolvers of many containers and CI images do not know them.
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

const LOOPBACK = { address: '127.0.0.1', family: 4 };
const isLocal = (name) => /(^|\.)localhost\.?$/i.test(name);

const { lookup } = dns;
const lookupPromise = dns.promises.lookup;

dns.lookup = function lookupWithLocalhost(hostname, options, callback) {
  if (!isLocal(String(hostname))) return lookup(hostname, options, callback);
  const done = typeof options === 'function' ? options : callback;
  if (options?.all) process.nextTick(done, null, [LOOPBACK]);
  else process.nextTick(done, null, LOOPBACK.address, LOOPBACK.family);
  return {};
};

dns.promises.lookup = async function lookupWithLocalhost(hostname, options) {
  if (!isLocal(String(hostname))) return lookupPromise(hostname, options);
  return options?.all ? [{ ...LOOPBACK }] : { ...LOOPBACK };
};

syncBuiltinESMExports();
