#!/bin/sh
# Stands in for the program `sluice` where it starts its engines: notes each step that is asked for, and does what the test
# has put in its way. Then it becomes the real program. It lies, as does the real one, in a folder of the test's own.
here=${0%/*}
case "$2:$9" in
    frames:*) step=frames ;;
    guard:pdftoppm)
        case " $* " in
            *" 320 "*) step=cover ;;
            *) step=page ;;
        esac
        ;;
    guard:ffprobe) step=probe ;;
    guard:ffmpeg)
        case " $* " in
            *" concat "*) step=assemble ;;
            *" -xerror "*) step=decode ;;
            *" s16le "*) step=waveform ;;
            *scale=480*) step=thumbnail ;;
            *) step=still ;;
        esac
        ;;
    *) step=other ;;
esac
echo "$step" >>"$here/asked"
# Moving it away is how one of several processes takes what is meant for one of them.
if mv "$here/$step.once" "$here/$step.$$" 2>/dev/null; then
    # shellcheck disable=SC1090
    . "$here/$step.$$"
elif [ -e "$here/$step.always" ]; then
    # shellcheck disable=SC1090
    . "$here/$step.always"
fi
exec "$here/real" "$@"
