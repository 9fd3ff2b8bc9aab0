// SPDX-License-Identifier: ISC
// One change at a time, with what went wrong beside it.
import { Problem, forgetAll } from './client';

export class Task {
	problem = $state.raw<Problem | null>(null);
	isBusy = $state(false);

	/** True when it was done. */
	run = async (work: () => Promise<unknown>): Promise<boolean> => {
		if (this.isBusy) return false;
		this.isBusy = true;
		this.problem = null;
		try {
			await work();
			forgetAll();
			return true;
		} catch (error) {
			this.problem = error instanceof Problem ? error : new Problem(-1, error instanceof Error ? error.name : 'error', error instanceof Error ? error.message : String(error), '');
			return false;
		} finally {
			this.isBusy = false;
		}
	};
}
