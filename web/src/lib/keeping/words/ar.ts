/** How long things are kept, in Arabic. */
import type { Message } from '../../text/message';
import type { Key } from './en';

export const ar: Record<Key, Message> = {
  'periods.title': 'مدة الحفظ',
  'periods.text':
    'كم يومًا يبقى ما لديك كما وصل، ثم كأرشيف؛ وبعد ذلك لا يبقى منه إلا نصه. الحقل الفارغ يعني ما حدده الخادم.',
  'periods.hot': 'أيام بقائه كما وصل',
  'periods.warm': 'ثم أيام بقائه كأرشيف',
  'periods.days': {
    one: 'يوم واحد',
    two: 'يومان',
    few: '{count} أيام',
    many: '{count} يومًا',
    other: '{count} يوم',
  },
  'periods.forever': 'بلا نهاية',
  'periods.by.installation': '{days}، كما حدد الخادم',
  'periods.by.owner': '{days}، كما حددتَ',
  'periods.by.all': '{days}، كما حددتَ للكل',
  'periods.by.subject': '{days}، كما حددتَ لهذا وحده',
  'periods.bounds': 'المسموح من {shortest} إلى {longest}.',
  'periods.refused': 'يسمح هذا الخادم بعدد أيام من {shortest} إلى {longest}. اكتب عددًا صحيحًا، أو اترك الحقل فارغًا.',
  'periods.exceptions': {
    one: 'لواحد منها مدته الخاصة، وتبقى كما هي.',
    two: 'لاثنين منها مدتهما الخاصة، وتبقى كما هي.',
    few: 'لـ{count} منها مددها الخاصة، وتبقى كما هي.',
    many: 'لـ{count} منها مددها الخاصة، وتبقى كما هي.',
    other: 'لـ{count} منها مددها الخاصة، وتبقى كما هي.',
  },
  'periods.save': 'احفظ الأيام',
  'periods.unset': 'كما حدد الخادم',
  'periods.saved': 'حُفظت الأيام.',
  'periods.loading': 'يجري تحميل الأيام',
};
