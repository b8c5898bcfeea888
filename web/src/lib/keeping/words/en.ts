/** How long things are kept, in English. */
import type { Message } from '../../text/message';

export const en = {
  'periods.title': 'How long things are kept',
  'periods.text':
    'For how many days what you have stays as it came, and then as an archive. After that only its text is left. An empty field is as the server has it.',
  'periods.hot': 'Days as it came',
  'periods.warm': 'Then days as an archive',
  'periods.days': { one: '{count} day', other: '{count} days' },
  'periods.forever': 'For ever',
  'periods.by.installation': '{days}, as the server has it',
  'periods.by.owner': '{days}, as you set it',
  'periods.by.all': '{days}, as you set it for all',
  'periods.by.subject': '{days}, as you set it for this one',
  'periods.bounds': 'You may set {shortest} to {longest}.',
  'periods.refused': 'This server allows {shortest} to {longest} days. Type a whole number, or leave the field empty.',
  'periods.exceptions': {
    one: '{count} of them has days of its own, which stay as they are.',
    other: '{count} of them have days of their own, which stay as they are.',
  },
  'periods.save': 'Save the days',
  'periods.unset': 'As the server has it',
  'periods.saved': 'The days are saved.',
  'periods.loading': 'Loading the days',
} satisfies Record<string, Message>;

export type Key = keyof typeof en;
