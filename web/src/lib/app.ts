/**
 * What an app provides to the shell. The shell knows apps by this contract alone: an app is a folder `src/apps/<name>/` and one line in
 * `src/apps/index.ts`.
 */
import type { Component } from 'svelte';
import type { LucideProps } from '@lucide/svelte';
import type { Outcome } from './api/problem';
import type { JobWhy, Trouble } from './api/types';
import type { Params } from './router/match';
import type { Command } from './shell/commands.svelte';
import type { Words } from './ui/words.svelte';

export interface AppModule<Data = unknown> {
  /** The first segment of its paths and the first word of its job kinds. It never changes. */
  name: string;
  label: () => string;
  icon: Component<LucideProps>;
  /** The target of its entry in the rail. */
  home: string;
  /** Patterns, such as `/reel/:id`, by the names of their pages. */
  routes: { pattern: string; page: string }[];
  commands: Command[];
  /** Kinds of events that it subscribes to, besides the shell's. */
  events: string[];
  /** What one of the types of its events means, for those who are to choose from them. */
  eventName: (type: string) => string | null;
  /** Its latest jobs, newest first: the unfinished ones, or all. */
  works: (which: 'active' | 'latest') => Promise<Outcome<Work<Data>[]>>;
  /** The same from this app's part of the present state, all that `works` gives; null if it does not understand that. */
  present: (part: unknown) => Work<Data>[] | null;
  /** A page of everything that a person has of it, for the library. */
  page: (query: LibraryQuery) => Promise<Outcome<LibraryPage<Data>>>;
  /** Deletes one of them, by its subject; `leaving` if the page is being closed. */
  remove: (subject: string, leaving: boolean) => Promise<Outcome<unknown>>;
  /** The one obvious thing to do with it, on the start page. */
  begin: { label: () => string; text: () => string; run: () => void };
  /** Its pages, loaded on first use. */
  load: () => Promise<AppCode<Data>>;
}

/** The part of an app that is loaded on demand. */
export interface AppCode<Data = unknown> {
  pages: Record<string, Component<{ params: Params }> | Component>;
  /** A component for all pages of the app, such as its drop target. */
  Frame?: Component;
  /** The result of a finished job, as the job drawer shows it. */
  Result: Component<{ work: Work<Data> }>;
  stepName: (step: string) => string;
  troubleWords: (trouble: Trouble) => Words;
}

export type WorkState = 'working' | 'done' | 'failed' | 'cancelled' | 'expired';

export const WORK_STATES = ['working', 'done', 'failed', 'cancelled', 'expired'] as const satisfies WorkState[];

export interface LibraryQuery {
  /** Words that its title has; empty for all. */
  words: string;
  state: WorkState | null;
  oldestFirst: boolean;
  limit: number;
  /** Of the page before, in the same order. */
  cursor: string | null;
}

export interface LibraryPage<Data = unknown> {
  items: Work<Data>[];
  /** Null on the last page. */
  next: string | null;
}

/** A job that a user started, and its subject. */
export interface Work<Data = unknown> {
  jobId: string;
  /** The subject of the job, as named in events. */
  subject: string;
  title: string;
  href: string;
  state: WorkState;
  percent: number;
  /** Why nothing of it goes on: what its child jobs wait for, too. Null while something does. */
  waiting: JobWhy | null;
  createdAt: number;
  updatedAt: number;
  /** What it was made of, such as the name of a file. */
  note: string;
  /** A still image, once there is one. */
  picture: string | null;
  /** Its length, once it can be played. */
  seconds: number | null;
  /** It stands for many of them, such as a deck for its cards, and is no job of its own: the start page has it, lists of jobs do not. */
  collection?: boolean;
  data: Data;
}

/** The latest jobs, and older ones that are active. */
export function joined<Data>(latest: Work<Data>[], active: Work<Data>[]): Work<Data>[] {
  const known = new Set(latest.map((work) => work.jobId));
  return [...latest, ...active.filter((work) => !known.has(work.jobId))];
}

/** The shell passes an app's data only to that app, so its type is opaque. */
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

/** The app's code, loaded once; a failed load is tried again the next time. */
export function loadApp(app: AppModule): Promise<AppCode> {
  let code = loading.get(app.name);
  if (!code) {
    code = app.load();
    code.catch(() => loading.delete(app.name));
    loading.set(app.name, code);
  }
  return code;
}
