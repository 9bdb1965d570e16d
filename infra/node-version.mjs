// Runs first in every npm script, on whatever Node the machine has, so it must stay plain JavaScript.
// The devDependency `node` puts Node 24 first on PATH inside npm scripts; this says so when that failed.
const required = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < required) {
  console.error(
    [
      `vaultcast needs Node ${required}, but this script runs on ${process.versions.node}.`,
      'The devDependency "node" brings the binary, through an install script. Mend it with one of:',
      '  npm ci --ignore-scripts=false     when install scripts are switched off (npm config get ignore-scripts)',
      '  npm rebuild node                  when the install was interrupted',
      `  or put a Node ${required} of your own first on PATH (nvm install ${required}, fnm use ${required}, ...)`,
    ].join('\n'),
  );
  process.exit(1);
}
