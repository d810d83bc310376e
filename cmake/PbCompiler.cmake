# SPDX-License-Identifier: MIT
# Interface targets that every target of ours links: warnings, sanitizers, include root.
add_library(pb_options INTERFACE)
target_include_directories(pb_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(pb_options INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64
                           PB_VERSION="${PROJECT_VERSION}")
target_compile_options(pb_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -Wformat=2 -Wundef -Wvla -Wswitch-enum -Wwrite-strings)
if(PB_WERROR)
  target_compile_options(pb_options INTERFACE -Werror)
endif()
if(PB_SANITIZE)
  target_compile_options(pb_options INTERFACE -fsanitize=${PB_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(pb_options INTERFACE -fsanitize=${PB_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_options(pb_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
                         -fstack-protector-strong)
  target_link_options(pb_options INTERFACE -Wl,-z,relro,-z,now)
endif()

if(PB_FUZZ)
  # Coverage of the libraries as well, without which a fuzzer sees nothing of what it feeds.
  target_compile_options(pb_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# pb_library(NAME SOURCES... ): a static library with our options.
function(pb_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC pb_options)
endfunction()

# pb_add_folders(DIR...): sub-folders that hold a CMakeLists.txt.
function(pb_add_folders)
  foreach(dir IN LISTS ARGN)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/CMakeLists.txt)
      add_subdirectory(${dir})
    endif()
  endforeach()
endfunction()
