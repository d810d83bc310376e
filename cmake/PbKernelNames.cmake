# SPDX-License-Identifier: MIT
# Names of system calls and io_uring opcodes by number, as this machine's kernel headers have them:
# writes DIR/kernel_names.h with rows for two tables.
function(pb_kernel_names dir)
  set(source ${dir}/kernel_names.c)
  file(WRITE ${source} "#include <asm/unistd.h>\n")
  execute_process(COMMAND ${CMAKE_C_COMPILER} -E -dM ${source} OUTPUT_VARIABLE macros
                  COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "#define __NR_[a-z0-9_]+ [0-9]+" defines "${macros}")
  set(syscalls "")
  foreach(define IN LISTS defines)
    string(REGEX REPLACE "#define __NR_([a-z0-9_]+) ([0-9]+)" "    [\\2] = \"\\1\"," row "${define}")
    string(APPEND syscalls "${row} \\\n")
  endforeach()

  file(WRITE ${source} "#include <linux/io_uring.h>\n")
  execute_process(COMMAND ${CMAKE_C_COMPILER} -E -P ${source} OUTPUT_VARIABLE text
                  COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "IORING_OP_[A-Z0-9_]+" opcodes "${text}")
  set(rows "")
  foreach(opcode IN LISTS opcodes)
    string(REPLACE "IORING_OP_" "" name ${opcode})
    string(TOLOWER ${name} name)
    if(NOT name STREQUAL "last")
      string(APPEND rows "    \"${name}\", \\\n")
    endif()
  endforeach()
  file(CONFIGURE OUTPUT ${dir}/kernel_names.h CONTENT
"/* Made by cmake/PbKernelNames.cmake. */
#define PB_SYSCALL_NAMES \\
${syscalls}
#define PB_RING_OPCODE_NAMES \\
${rows}
")
endfunction()
