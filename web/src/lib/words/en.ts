/** The texts of the shell's pages, in English; `../text/en.ts` explains their form. */
import type { Message } from '../text/message';

export const en = {
  'start.title': 'What do you want to make?',
  'start.hello': 'Hello, {name}',
  'start.lead': 'Give it a document; everything else is made for you and can be changed.',
  'start.latest': 'Latest',
  'start.all': 'Everything in the library',
  'library.title': 'Library',
  'library.search': 'Search by title or file',
  'library.app': 'Made by',
  'library.app.all': 'All apps',
  'library.state': 'State',
  'library.state.all': 'All states',
  'library.sort': 'Order',
  'library.sort.newest': 'Newest first',
  'library.sort.oldest': 'Oldest first',
  'library.shown': { one: '{count} thing is shown.', other: '{count} things are shown.' },
  'library.failed': 'This could not be loaded.',
  'library.none': 'Nothing here yet',
  'library.none.text': 'Everything that you make is found here, whichever app made it.',
  'library.noMatch': 'Nothing matches',
  'library.noMatch.text': 'No title or file has these words in this state.',
  'library.reset': 'Show everything',
  'library.selectAll': 'Select everything that is shown',
  'library.select': 'Select {title}',
  'library.selected': { one: '{count} selected', other: '{count} selected' },
  'library.delete': 'Delete',
  'library.deleted': { one: '{count} thing is deleted.', other: '{count} things are deleted.' },
  'library.deleted.one': '{title} is deleted.',
  'library.undo': 'Undo',
  'library.more': 'Show more',
} satisfies Record<string, Message>;

export type Key = keyof typeof en;
