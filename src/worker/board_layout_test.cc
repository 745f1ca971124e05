#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "protocol/worker_board.h"

namespace batchmill::board {
namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string output;
  std::array<char, 4096> buffer;
  std::size_t got = 0;
  while ((got = fread(buffer.data(), 1, buffer.size(), pipe.get())) > 0) {
    output.append(buffer.data(), got);
  }
  return output;
}

// python/batchmill/worker/board.py mirrors worker_board.h.
TEST(BoardLayout, IsTheSameInPython) {
  const std::string python = output_of(
      "/usr/bin/python3 -B -c 'import sys; sys.path.insert(0, \"" BATCHMILL_SOURCE_DIR
      "/python\"); import batchmill.worker.board as b; "
      "print(b.MAGIC, b.VERSION, b.HEADER_BYTES, b.ENTRY_BYTES, b.RING_ENTRIES, b.BOARD_BYTES, "
      "b.TICKET_LIMIT * 8, b.CONSUMED * 8, b.WAKE_WANTED * 8, b.FINISHED * 8, b.STARTED * 8, "
      "b.REFUSED * 8, b.RUNNING * 8, b.RUNNING_START * 8, b.LOADING * 8, b.LOADING_START * 8, "
      "b.ENTRY.size)'");
  EXPECT_EQ(python, fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", kMagic,
                                kBoardVersion, kHeaderBytes, kEntryBytes, kRingEntries, kBoardBytes,
                                offsetof(Header, ticket_limit), offsetof(Header, consumed),
                                offsetof(Header, wake_wanted), offsetof(Header, finished),
                                offsetof(Header, started), offsetof(Header, refused),
                                offsetof(Header, running), offsetof(Header, running) + 8,
                                offsetof(Header, loading), offsetof(Header, loading) + 8,
                                offsetof(Entry, reserved)));
}

}  // namespace
}  // namespace batchmill::board
