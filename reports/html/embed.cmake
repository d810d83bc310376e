# SPDX-License-Identifier: MIT
# cmake -DOUT=file.c -DNAMES=a;b -DFILES=x;y -P embed.cmake: the files as C arrays.
set(text "/* Made from reports/html/ at build time. */\n#include \"reports/html_assets.h\"\n")
foreach(name file IN ZIP_LISTS NAMES FILES)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)"
         "\\1\n" bytes "${bytes}")
  string(APPEND text "static const unsigned char ${name}_bytes[] = {\n${bytes}};\n"
         "const struct pb_str ${name} = {(const char *)${name}_bytes, sizeof ${name}_bytes};\n")
endforeach()
file(WRITE ${OUT} "${text}")
