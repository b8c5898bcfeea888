/** The texts of Reel that the shell shows before the app's code is loaded: its name and its commands. */
import type { Message } from '../../../lib/text/message';

export const en = {
  'reel.name': 'Reel',
  'begin.label': 'Make a video from a PDF',
  'begin.text': 'A document becomes a narrated, captioned video.',
  'reel.all': 'All reels',
  'event.changed': 'A reel has changed',
  'event.deleted': 'A reel was deleted',
  'command.choose': 'Choose a PDF',
  'command.home': 'All reels',
  'command.search': 'Search the reels',
  'command.play': 'Play or pause the video',
  'command.back': 'Back five seconds',
  'command.forward': 'On five seconds',
  'command.next': 'Next scene',
  'command.previous': 'Previous scene',
  'command.edit': 'Edit the scene in focus',
  'command.move': 'Move the scene in focus',
  'command.save': 'Save the scene',
} satisfies Record<string, Message>;

export const ar: Record<keyof typeof en, Message> = {
  'reel.name': 'المقاطع',
  'begin.label': 'اصنع فيديو من ملف PDF',
  'begin.text': 'يتحوّل المستند إلى فيديو مروي مع ترجمة نصية.',
  'reel.all': 'كل المقاطع',
  'event.changed': 'تغيّر مقطع',
  'event.deleted': 'حُذف مقطع',
  'command.choose': 'اختر ملف PDF',
  'command.home': 'كل المقاطع',
  'command.search': 'ابحث في المقاطع',
  'command.play': 'شغّل الفيديو أو أوقفه',
  'command.back': 'خمس ثوانٍ إلى الوراء',
  'command.forward': 'خمس ثوانٍ إلى الأمام',
  'command.next': 'المشهد التالي',
  'command.previous': 'المشهد السابق',
  'command.edit': 'عدّل المشهد المحدد',
  'command.move': 'انقل المشهد المحدد',
  'command.save': 'احفظ المشهد',
};
