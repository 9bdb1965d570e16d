// @peculiar/x509 registers its parts with tsyringe, which refuses to load without a Reflect metadata polyfill. None of
// those parts takes constructor arguments, so "nothing is recorded" is the whole answer. Import this before x509.
const none = () => undefined;

for (const name of ['getMetadata', 'getOwnMetadata', 'defineMetadata']) {
  if (!(name in Reflect)) Object.defineProperty(Reflect, name, { value: none, configurable: true });
}

export {};
