/** axe-core in the page, from its package: the policy of the server allows no foreign script, the browser's own evaluation may. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export class AxeBuilder {
  constructor(readonly page: Page) {}

  /** Each finding as one line: the rule, and where. */
  async analyse(): Promise<string[]> {
    await this.page.evaluate(SOURCE);
    // Colours are measured at rest, not in the middle of a transition.
    await this.page.evaluate(() =>
      Promise.allSettled(
        document
          .getAnimations()
          .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
          .map((one) => one.finished),
      ),
    );
    return this.page.evaluate(async () => {
      type Results = { violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[] };
      const axe = (window as unknown as { axe: { run: (options: object) => Promise<Results> } }).axe;
      const { violations } = await axe.run({ resultTypes: ['violations'] });
      return violations.flatMap((rule) =>
        rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`),
      );
    });
  }
}
