/** The apps of this page, in the order of the rail. A new app is one line here. */
import type { AppModule } from '../lib/app';
import { capturing } from './capture';
import { reel } from './reel';
import { scribe } from './scribe';

export const apps: AppModule[] = [reel, scribe, capturing];
