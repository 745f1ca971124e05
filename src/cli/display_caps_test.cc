#include "cli/display_caps.h"

#include "fakes/fake_terminal.h"

namespace batchmill::cli {
namespace {

using Variables = std::map<std::string, std::string>;

DisplayCaps caps_of(Variables variables, bool is_terminal, bool only_errors = false) {
  fakes::FakeClock clock;
  fakes::FakeTerminal terminal(clock);
  terminal.is_terminal = is_terminal;
  return display_caps(variables, terminal, only_errors);
}

TEST(DisplayCaps, LiveOnlyOnATerminalThatCan) {
  const Variables xterm = {{"TERM", "xterm"}};
  EXPECT_EQ(caps_of(xterm, true).progress, ProgressMode::kLive);
  EXPECT_EQ(caps_of(xterm, false).progress, ProgressMode::kPlain);
  EXPECT_EQ(caps_of({}, true).progress, ProgressMode::kPlain);
  EXPECT_EQ(caps_of({{"TERM", "dumb"}}, true).progress, ProgressMode::kPlain);
  EXPECT_EQ(caps_of(xterm, true, true).progress, ProgressMode::kNone);
}

TEST(DisplayCaps, TheVariableDecides) {
  EXPECT_EQ(caps_of({{"BATCHMILL_PROGRESS", "live"}}, false).progress, ProgressMode::kLive);
  EXPECT_EQ(caps_of({{"BATCHMILL_PROGRESS", "JSON"}}, true).progress, ProgressMode::kJson);
  EXPECT_EQ(caps_of({{"BATCHMILL_PROGRESS", "none"}}, true).progress, ProgressMode::kNone);
  EXPECT_EQ(caps_of({{"BATCHMILL_PROGRESS", "auto"}, {"TERM", "xterm"}}, true).progress,
            ProgressMode::kLive);
}

TEST(DisplayCaps, ColourHasItsConventions) {
  EXPECT_TRUE(caps_of({{"TERM", "xterm"}}, true).colour_err);
  EXPECT_FALSE(caps_of({{"TERM", "xterm"}}, false).colour_err);
  EXPECT_FALSE(
      caps_of({{"TERM", "xterm"}, {"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}, true).colour_err);
  EXPECT_TRUE(caps_of({{"TERM", "xterm"}, {"NO_COLOR", ""}}, true).colour_err);
  EXPECT_FALSE(caps_of({{"TERM", "xterm"}, {"CLICOLOR", "0"}}, true).colour_err);
  EXPECT_TRUE(caps_of({{"CLICOLOR_FORCE", "1"}}, false).colour_out);
  EXPECT_FALSE(caps_of({{"CLICOLOR_FORCE", "0"}}, false).colour_out);
}

TEST(DisplayCaps, UnicodeNeedsALocale) {
  EXPECT_TRUE(caps_of({{"LANG", "de_DE.UTF-8"}}, true).unicode);
  EXPECT_TRUE(caps_of({{"LC_ALL", "C.utf8"}}, true).unicode);
  EXPECT_FALSE(caps_of({{"LC_ALL", "C"}, {"LANG", "de_DE.UTF-8"}}, true).unicode);
  EXPECT_FALSE(caps_of({}, true).unicode);
  EXPECT_FALSE(caps_of({{"LANG", "C.UTF-8"}, {"TERM", "linux"}}, true).unicode);
}

TEST(DisplayCaps, WidthIsTheTerminalsThenTheVariables) {
  EXPECT_EQ(caps_of({}, false).width, 80U);
  EXPECT_EQ(caps_of({{"COLUMNS", "120"}}, false).width, 120U);
  EXPECT_EQ(caps_of({{"COLUMNS", "many"}}, false).width, 80U);
}

}  // namespace
}  // namespace batchmill::cli
