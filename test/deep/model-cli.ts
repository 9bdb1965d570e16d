import { checkModel } from './model/check.ts';

/** `node test/deep/model-cli.ts any 1000`: exits with 1 and the reason when a program breaks a rule. */
const [kind = 'any', runs = '1000'] = process.argv.slice(2);

try {
  await checkModel(Number(runs), kind === 'calm' ? 'calm' : 'any', { endOnFailure: true });
  console.log('no rule was broken');
  process.exit(0);
} catch (error) {
  console.log(error instanceof Error ? error.message : 'failed');
  process.exit(1);
}
