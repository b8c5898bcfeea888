/**
 * What an app gives to the shell. The shell knows apps by this contract alone: an app is a folder `src/apps/<name>/` and one line
 * in `src/apps/index.ts`.
 */
import type { Component } from 'svelte';
import type { LucideProps } from '@lucide/svelte';
import type { Outcome } from './api/problem';
import type { Trouble } from './api/types';
import type { Params } from './router/match';
import type { Command } from './shell/commands.svelte';
import type { Words } from './ui/words.svelte';

export interface AppModule<Data = unknown> {
  /** The first segment of its paths and the first word of its job kinds. For ever. */
  name: string;
  label: () => string;
  icon: Component<LucideProps>;
  /** Where the rail leads. */
  home: string;
  /** Patterns, such as `/reel/:id`, by the names of their pages. */
  routes: { pattern: string; page: string }[];
  commands: Command[];
  /** Kinds of events that it wants from the stream, beside the shell's. */
  events: string[];
  /** Its latest pieces of work, newest first: those that are not finished, or all. */
  works: (which: 'active' | 'latest') => Promise<Outcome<Work<Data>[]>>;
  /** Its pages, fetched when they are first needed. */
  load: () => Promise<AppCode<Data>>;
}

/** The part of an app that is loaded when it is needed. */
export interface AppCode<Data = unknown> {
  pages: Record<string, Component<{ params: Params }> | Component>;
  /** What belongs to the app as a whole while one of its pages is in view, such as its drop target. */
  Frame?: Component;
  /** The result of a finished job, as the job drawer shows it. */
  Result: Component<{ work: Work<Data> }>;
  stepName: (step: string) => string;
  troubleWords: (trouble: Trouble) => Words;
}

export type WorkState = 'working' | 'done' | 'failed' | 'cancelled' | 'expired';

/** A piece of work that a person asked for: the job, and what it is about. */
export interface Work<Data = unknown> {
  jobId: string;
  /** What the job works on, as events name it. */
  subject: string;
  title: string;
  href: string;
  state: WorkState;
  percent: number;
  updatedAt: number;
  data: Data;
}

/** The shell hands an app's data back to that app alone, so it need not know what it is. */
export function defineApp<Data>(app: AppModule<Data>): AppModule {
  return app as AppModule;
}

let registered: AppModule[] = [];

/** Called once, before the page is mounted. */
export function register(apps: AppModule[]): void {
  registered = apps;
}

export function apps(): readonly AppModule[] {
  return registered;
}

export function appNamed(name: string): AppModule | undefined {
  return registered.find((app) => app.name === name);
}

const loading = new Map<string, Promise<AppCode>>();

/** The app's code, fetched once; a fetch that failed is tried again the next time. */
export function loadApp(app: AppModule): Promise<AppCode> {
  let code = loading.get(app.name);
  if (!code) {
    code = app.load();
    code.catch(() => loading.delete(app.name));
    loading.set(app.name, code);
  }
  return code;
}
