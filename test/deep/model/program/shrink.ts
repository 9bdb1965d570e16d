import type { Program } from './program.ts';
import type { Step } from './steps.ts';

type IsStill = (program: Program) => Promise<boolean>;

/**
 * The shortest program it can find that still does what `isStill` asks: steps are left out, many at once first, then the
 * world is made plainer. Steps choose things by number, so that what is left means the same.
 */
export async function shortest(program: Program, isStill: IsStill): Promise<Program> {
  const shorter = await withoutSteps(program, isStill);
  const plain = await plainer(shorter, isStill);
  return withoutSteps(plain, isStill);
}

async function withoutSteps(program: Program, isStill: IsStill): Promise<Program> {
  let { steps } = program;
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let start = Math.max(0, steps.length - size); start >= 0; start -= size) {
      const fewer = [...steps.slice(0, start), ...steps.slice(start + size)];
      if (fewer.length < steps.length && (await isStill({ ...program, steps: fewer }))) steps = fewer;
    }
  }
  return { ...program, steps };
}

async function plainer(program: Program, isStill: IsStill): Promise<Program> {
  let plain = program;
  const attempt = async (next: Program): Promise<void> => {
    if (await isStill(next)) plain = next;
  };
  await attempt({ ...plain, setting: { ...plain.setting, vaultBehindMs: 0 } });
  await attempt({ ...plain, setting: { ...plain.setting, skews: plain.setting.skews.map(() => 0) } });
  for (const index of plain.steps.keys()) {
    const step = plain.steps[index];
    const simple = step === undefined ? [] : simpler(step);
    for (const one of simple)
      await attempt({ ...plain, steps: plain.steps.with(index, { ...one, salt: step?.salt ?? 0 }) });
  }
  return plain;
}

/** The same step, doing less. */
function simpler(step: Step): Step[] {
  switch (step.do) {
    case 'go':
      return step.hold === 'nothing' ? [{ do: 'pass', ms: 1000 }] : [{ ...step, hold: 'nothing' }];
    case 'rotate':
      return [{ ...step, told: Math.min(1, step.told) }];
    case 'fault':
      return [{ ...step, times: 1 }];
    case 'namespace':
      return [{ ...step, lagMs: 0 }];
    case 'run':
      return [{ ...step, instance: 0 }];
    default:
      return [];
  }
}
