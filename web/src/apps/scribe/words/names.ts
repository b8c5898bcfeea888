/** The texts of Scribe that the shell shows before the app's code is loaded: its name and its commands. */
import type { Message } from '../../../lib/text/message';

export const en = {
  'scribe.name': 'Scribe',
  'begin.label': 'Record',
  'begin.text': 'Hours of speech, kept in this browser until the server has every second of it.',
  'event.changed': 'A recording has changed',
  'event.deleted': 'A recording was deleted',
  'command.record': 'Record speech',
  'command.home': 'All recordings',
  'command.pause': 'Pause the recording, or go on',
  'command.stop': 'Stop the recording',
  'command.play': 'Play the recording, or pause',
  'command.back': 'Five seconds back',
  'command.forward': 'Five seconds on',
  'command.next': 'Next passage',
  'command.previous': 'Passage before',
  'command.find': 'Find in the transcript',
  'command.edit': 'Correct the passage',
  'command.summarise': 'Make the summary again',
  'session.unnamed': 'Recording',
} satisfies Record<string, Message>;

export const ar: Record<keyof typeof en, Message> = {
  'scribe.name': 'الكاتب',
  'begin.label': 'سجّل',
  'begin.text': 'ساعات من الكلام تُحفظ في هذا المتصفح إلى أن تصل كل ثانية منها إلى الخادم.',
  'event.changed': 'تغيّر تسجيل',
  'event.deleted': 'حُذف تسجيل',
  'command.record': 'سجّل كلامًا',
  'command.home': 'كل التسجيلات',
  'command.pause': 'أوقف التسجيل مؤقتًا أو تابعه',
  'command.stop': 'أنهِ التسجيل',
  'command.play': 'شغّل التسجيل أو أوقفه مؤقتًا',
  'command.back': 'خمس ثوانٍ إلى الوراء',
  'command.forward': 'خمس ثوانٍ إلى الأمام',
  'command.next': 'المقطع التالي',
  'command.previous': 'المقطع السابق',
  'command.find': 'ابحث في النص',
  'command.edit': 'صحّح المقطع',
  'command.summarise': 'أعد إعداد الملخص',
  'session.unnamed': 'تسجيل',
};
