/** Reel's messages for problems: those of its own codes, and the shell's. */
import { problemWords, SHELL_SAME } from '../../lib/ui/words.svelte';
import { isKey, t } from './text';

export const { wordsFor, wordsForTrouble } = problemWords({
  t,
  isKey,
  same: {
    ...SHELL_SAME,
    not_found: [...SHELL_SAME.not_found, 'reel_not_found', 'scene_not_found', 'reel_deleted', 'scene_deleted'],
    document_garbled: ['script_language'],
    script_too_little_to_say: [
      'script_length',
      'script_no_question',
      'script_no_page',
      'script_markup',
      'script_text',
      'bad_script',
    ],
    text_empty: ['nothing_to_say'],
    text_too_long: ['scene_too_long', 'script_out_of_range'],
    voice_failed: [
      'no_voice',
      'voice_too_slow',
      'voice_not_local',
      'voice_stopped',
      'no_such_voice',
      'no_such_presenter',
      'bad_sound',
      'bad_voice',
    ],
    render_failed: [
      'encoder_failed',
      'page_image',
      'slide_failed',
      'nothing_to_render',
      'not_playable',
      'render_too_slow',
      'render_too_much_memory',
      'render_stopped',
      'scene_stopped',
      'bad_captions',
      'bad_clip',
      'bad_film',
      'film_lost',
      'bad_result',
    ],
  },
});
