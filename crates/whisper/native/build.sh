#!/bin/sh
# build.sh HEADERS LIBRARIES: compiles LIBRARIES/libct2_whisper.so. HEADERS is the folder with ctranslate2/ of version 4.8.4
# (CTranslate2/include of the crate ct2rs 0.10.3); LIBRARIES has libctranslate2-*.so.4.8.4, beside which the result is found.
set -eu
here=$(dirname "$0")
library=$(basename "$2"/libctranslate2-*.so.4.8.4)
source=$(cat "$here/ct2_whisper.h" "$here/ct2_whisper.cc" | sha256sum | cut -d' ' -f1)
# shellcheck disable=SC2016 # $ORIGIN is for the loader, not for the shell
"${CXX:-c++}" -std=c++17 -O1 -fPIC -fvisibility=hidden -D_GLIBCXX_USE_CXX11_ABI=1 "-DCT2W_SOURCE=\"$source\"" -shared \
    "-I$1" "$here/ct2_whisper.cc" -o "$2/libct2_whisper.so.part" \
    "-L$2" "-l:$library" -Wl,--no-undefined '-Wl,-rpath,$ORIGIN'
sha256sum "$2/libct2_whisper.so.part" | cut -d' ' -f1 >"$2/libct2_whisper.so.sha256"
mv "$2/libct2_whisper.so.part" "$2/libct2_whisper.so"
