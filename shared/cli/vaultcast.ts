#!/usr/bin/env node
// What an older Node does with the rest is anybody's guess: it is refused before anything else is loaded. So nothing is
// imported up here, and nothing stands here that an older one could not read, `await` outside of a function included.

/** Of the first Node that everything bundled here runs on; package.json says the same to npm. */
const OLDEST = [22, 19];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [oldestMajor = 0, oldestMinor = 0] = OLDEST;

if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
  process.stderr.write(
    `Error: vaultcast needs Node ${OLDEST.join('.')} or newer, and runs on ${process.versions.node} (${process.execPath})\n` +
      'Install a newer Node (https://nodejs.org/en/download, or: nvm install --lts), and put it first on PATH.\n',
  );
  process.exitCode = 1;
} else {
  void import('./process.ts').then(({ runProcess }) => runProcess());
}
