# batchmill_layer(NAME DEPENDS layer... EXTERNAL target...)
#
# One folder of src/ is one layer: a static library of its *.cc files and, when it has any
# *_test.cc, one test program <NAME>_test. New files are picked up without editing a list.
function(batchmill_layer name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;EXTERNAL;TEST_EXTERNAL" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  list(TRANSFORM ARG_DEPENDS PREPEND batchmill_)
  if(sources)
    add_library(batchmill_${name} STATIC ${sources})
    target_link_libraries(batchmill_${name} PUBLIC batchmill_flags ${ARG_DEPENDS} ${ARG_EXTERNAL})
    batchmill_precompile(batchmill_${name})
  else()
    add_library(batchmill_${name} INTERFACE)
    target_link_libraries(batchmill_${name} INTERFACE batchmill_flags ${ARG_DEPENDS} ${ARG_EXTERNAL})
  endif()

  if(tests AND BATCHMILL_TESTS)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE batchmill_${name} GTest::gmock_main ${ARG_TEST_EXTERNAL})
    target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    target_compile_definitions(${name}_test PRIVATE BATCHMILL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    target_precompile_headers(${name}_test PRIVATE <gtest/gtest.h> <gmock/gmock.h> <string> <vector> <optional> <variant>)
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES TIMEOUT 600)
  endif()
endfunction()

function(batchmill_precompile target)
  target_precompile_headers(${target} PRIVATE
    <algorithm> <chrono> <cstdint> <functional> <map> <memory> <optional> <string> <string_view>
    <unordered_map> <utility> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)
endfunction()
