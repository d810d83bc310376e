# SPDX-License-Identifier: MIT
# Test registration. A sanitizer report fails a test even where the runner would swallow it.
set(PB_SANITIZER_FAILURE
    "(Address|Leak|Thread|UndefinedBehavior)Sanitizer|runtime error:")

# pb_unit_test(NAME SOURCES s... LIBS l... [LABELS ...]): a Criterion program.
function(pb_unit_test name)
  cmake_parse_arguments(T "" "" "SOURCES;LIBS;LABELS" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE ${T_LIBS} pb_options criterion)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS "unit;${T_LABELS}"
                       FAIL_REGULAR_EXPRESSION "${PB_SANITIZER_FAILURE}")
endfunction()

# pb_program_test(NAME COMMAND c... [LABELS ...] [TIMEOUT s]): any program or script; exit 0 passes,
# exit 77 is "skipped here" and must print why.
function(pb_program_test name)
  cmake_parse_arguments(T "" "TIMEOUT" "COMMAND;LABELS" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)
  endif()
  add_test(NAME ${name} COMMAND ${T_COMMAND})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}"
                       SKIP_RETURN_CODE 77
                       FAIL_REGULAR_EXPRESSION "${PB_SANITIZER_FAILURE}"
                       ENVIRONMENT "PB_BIN=${CMAKE_BINARY_DIR}/bin;PB_SRC=${CMAKE_SOURCE_DIR}")
endfunction()

# pb_fuzz_target(NAME SOURCES s... LIBS l...): fuzz_<x>.c defines LLVMFuzzerTestOneInput. With
# PB_FUZZ it becomes a libFuzzer program, always a replay test over tests/fuzz/corpus/<name>/.
function(pb_fuzz_target name)
  cmake_parse_arguments(T "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(replay_${name} ${T_SOURCES} ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.c)
  target_link_libraries(replay_${name} PRIVATE ${T_LIBS} pb_options)
  pb_program_test(fuzz_${name} COMMAND replay_${name}
                  ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name} LABELS fuzz)
  if(PB_FUZZ)
    add_executable(fuzz_${name} ${T_SOURCES})
    target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(fuzz_${name} PRIVATE ${T_LIBS} pb_options)
  endif()
endfunction()
