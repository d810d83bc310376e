# SPDX-License-Identifier: MIT
# Whether BPF programs can be built: clang with the bpf target and libbpf. Sets PB_BPF_FOUND; with
# PB_BPF=ON a missing part is an error.
set(PB_BPF_FOUND OFF)
if(NOT PB_BPF STREQUAL "OFF")
  find_program(PB_BPF_CLANG NAMES clang clang-14 clang-15 clang-16 clang-17 clang-18)
  pkg_check_modules(BPF IMPORTED_TARGET libbpf>=1.0)
  if(PB_BPF_CLANG AND BPF_FOUND AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|aarch64)$")
    set(PB_BPF_FOUND ON)
  elseif(PB_BPF STREQUAL "ON")
    message(FATAL_ERROR "PB_BPF=ON needs clang and libbpf >= 1.0 (./dev setup) on x86_64 or aarch64")
  else()
    message(STATUS "BPF probes are left out: clang or libbpf >= 1.0 not found")
  endif()
endif()

# pb_bpf_object(SOURCE VARIABLE): compiles SOURCE to an object whose path is put into VARIABLE. The
# object depends on no kernel headers of this machine: its accesses are relocated when it is loaded.
function(pb_bpf_object source variable)
  get_filename_component(name ${source} NAME_WE)
  get_filename_component(dir ${CMAKE_CURRENT_SOURCE_DIR}/${source} DIRECTORY)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
  file(GLOB headers CONFIGURE_DEPENDS ${dir}/*.h)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    set(arch x86)
  else()
    set(arch arm64)
  endif()
  add_custom_command(OUTPUT ${object}
    COMMAND ${PB_BPF_CLANG} -target bpf -D__TARGET_ARCH_${arch} -g -O2 -Wall -Wextra
            -Wno-unused-parameter -I${CMAKE_SOURCE_DIR}
            -idirafter /usr/include/${CMAKE_C_LIBRARY_ARCHITECTURE}
            -fdebug-prefix-map=${CMAKE_SOURCE_DIR}=.
            -c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
    DEPENDS ${source} ${headers} COMMENT "BPF object ${name}" VERBATIM)
  set(${variable} ${object} PARENT_SCOPE)
endfunction()
