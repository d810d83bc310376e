# SPDX-License-Identifier: MIT
# Whether stacks of functions can be unwound: libdw and libelf. Sets PB_STACKS_FOUND; with
# PB_STACKS=ON a missing part is an error. libiberty (demangling) is optional.
set(PB_STACKS_FOUND OFF)
if(NOT PB_STACKS STREQUAL "OFF")
  pkg_check_modules(DW IMPORTED_TARGET libdw)
  pkg_check_modules(ELF IMPORTED_TARGET libelf)
  if(DW_FOUND AND ELF_FOUND AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|aarch64)$")
    set(PB_STACKS_FOUND ON)
  elseif(PB_STACKS STREQUAL "ON")
    message(FATAL_ERROR "PB_STACKS=ON needs libdw and libelf (./dev setup) on x86_64 or aarch64")
  else()
    message(STATUS "Stacks of functions are left out: libdw or libelf not found")
  endif()
  find_library(PB_LIBIBERTY iberty)
  if(PB_STACKS_FOUND AND NOT PB_LIBIBERTY)
    message(STATUS "C++ and Rust names stay as they are: libiberty not found")
  endif()
endif()
