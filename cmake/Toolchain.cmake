# How every target is compiled: warnings as errors, ccache and mold when the machine has them.
option(BATCHMILL_SANITIZE "Build with the address and undefined-behaviour sanitizers" OFF)

find_program(BATCHMILL_CCACHE ccache)
if(BATCHMILL_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${BATCHMILL_CCACHE})
endif()
find_program(BATCHMILL_MOLD mold)
if(BATCHMILL_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
add_library(batchmill_flags INTERFACE)
target_compile_options(batchmill_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wnull-dereference -Wno-missing-field-initializers -fno-strict-overflow)
if(BATCHMILL_SANITIZE)
  # With sanitizers g++ 12 takes the value of a moved Result for uninitialized.
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer)
  target_compile_options(batchmill_flags INTERFACE -Wno-error=maybe-uninitialized)
  add_link_options(-fsanitize=address,undefined)
endif()
target_include_directories(batchmill_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
