#include "base/shell_quote.h"

#include <gtest/gtest.h>

namespace batchmill {
namespace {

TEST(ShellQuoted, QuotesWhereAShellWouldReadSomethingElse) {
  const struct {
    const char* text;
    const char* word;
  } cases[] = {
      {"pipeline.yml", "pipeline.yml"},
      {"a/b-c_1.yml", "a/b-c_1.yml"},
      {"inputs.n=1", "inputs.n=1"},
      {"my file.yml", "'my file.yml'"},
      {"", "''"},
      {"it's", "'it'\\''s'"},
      {"$HOME", "'$HOME'"},
      {"*", "'*'"},
      {"ä", "'ä'"},
  };
  for (const auto& c : cases) EXPECT_EQ(shell_quoted(c.text), c.word);
}

}  // namespace
}  // namespace batchmill
