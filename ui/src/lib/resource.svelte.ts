// SPDX-License-Identifier: ISC
// What a screen shows of the server: the last answer stays to be seen while a new one comes, a request that nobody waits for
// any more is cut off, and what was read before is there at once.
import { Problem, get, remembered } from './client';
import { session } from './session.svelte';
import { language } from './words.svelte';

const SKELETON_MS = 150;
const SLOW_MS = 5000;

export class Resource<T> {
	data = $state.raw<T | undefined>(undefined);
	error = $state.raw<Problem | undefined>(undefined);
	isLoading = $state(true);
	/** Loading for so long that a skeleton helps. */
	isWaiting = $state(false);
	isSlow = $state(false);
	private turn = $state(0);
	private controller: AbortController | null = null;

	constructor(url: () => string | null) {
		$effect(() => {
			const wanted = url();
			void this.turn;
			void language();
			void session.turn;
			if (wanted === null) return;
			return this.load(wanted);
		});
	}

	private load(url: string): () => void {
		const controller = new AbortController();
		this.controller = controller;
		const known = remembered<T>(url);
		if (known !== undefined) this.data = known;
		this.isLoading = true;
		this.isSlow = false;
		const timers = [
			setTimeout(() => (this.isWaiting = true), SKELETON_MS),
			setTimeout(() => (this.isSlow = true), SLOW_MS),
		];
		const settle = () => {
			timers.forEach(clearTimeout);
			this.isLoading = this.isWaiting = this.isSlow = false;
		};
		get<T>(url, controller.signal).then(
			(data) => {
				if (controller.signal.aborted) return;
				settle();
				this.data = data;
				this.error = undefined;
			},
			(error: unknown) => {
				if (controller.signal.aborted) return;
				settle();
				this.error = error instanceof Problem ? error : new Problem(-1, 'error', String(error), '');
				if (this.error.status === 404) this.data = undefined;
			},
		);
		return () => {
			timers.forEach(clearTimeout);
			controller.abort();
		};
	}

	again = (): void => {
		this.turn++;
	};

	cancel = (): void => {
		this.controller?.abort();
		this.isLoading = this.isWaiting = this.isSlow = false;
		this.error ??= new Problem(-2, 'cancelled', '', '');
	};
}

/** A list that comes page by page: the first page is a resource, more is fetched on demand. */
export class Pages<T extends { next: string | null }, Row> {
	first: Resource<T>;
	private rest = $state.raw<Row[]>([]);
	private next = $state.raw<string | null | undefined>(undefined);
	private url = '';
	isMore = $state(false);
	problem = $state.raw<Problem | undefined>(undefined);

	constructor(url: () => string | null, private rowsOf: (page: T) => Row[]) {
		this.first = new Resource<T>(() => {
			const wanted = url();
			this.url = wanted ?? '';
			return wanted;
		});
		$effect(() => {
			void this.first.data;
			this.rest = [];
			this.next = undefined;
		});
	}

	get rows(): Row[] {
		return this.first.data === undefined ? [] : this.rowsOf(this.first.data).concat(this.rest);
	}

	get hasNext(): boolean {
		return (this.next === undefined ? this.first.data?.next : this.next) != null;
	}

	more = async (): Promise<void> => {
		const cursor = this.next === undefined ? this.first.data?.next : this.next;
		if (cursor == null || this.isMore) return;
		const from = this.first.data;
		this.isMore = true;
		try {
			const url = new URL(this.url);
			url.searchParams.set('cursor', cursor);
			const page = await get<T>(url.href);
			if (from === this.first.data) {
				this.rest = this.rest.concat(this.rowsOf(page));
				this.next = page.next;
			}
			this.problem = undefined;
		} catch (error) {
			this.problem = error instanceof Problem ? error : new Problem(-1, 'error', String(error), '');
		}
		this.isMore = false;
	};
}
