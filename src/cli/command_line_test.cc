#include "cli/command_line.h"

#include "base/text.h"
#include "cli/help_text.h"

namespace batchmill::cli {
namespace {

std::vector<std::string> words(std::string_view line) {
  std::vector<std::string> out;
  for (const auto word : split(line, ' ')) out.emplace_back(word);
  return out;
}

CommandLine parse(std::string_view line) { return parse_command_line(words(line)); }

Invocation parsed(std::string_view line) {
  CommandLine result = parse(line);
  if (const auto* problem = std::get_if<UsageProblem>(&result)) {
    ADD_FAILURE() << line << ": " << problem->message;
  }
  return std::get<Invocation>(result);
}

TEST(CommandLine, LongAndShortForms) {
  for (const char* line :
       {"job create --file p.yml --name x --stream", "job create -f p.yml -n x -s",
        "job create -fp.yml -nx -s", "job create --file=p.yml -n=x --stream",
        "job create -sf p.yml -n x", "ml job create -f p.yml -n x -s -g rg -w ws --subscription s",
        "--workspace d job create -f p.yml -n x -s", "-o tsv job create -s -f p.yml -n x"}) {
    const Invocation invocation = parsed(line);
    EXPECT_EQ(words_of(invocation.command()), "job create") << line;
    EXPECT_EQ(invocation.text("file"), "p.yml") << line;
    EXPECT_EQ(invocation.text("name"), "x") << line;
    EXPECT_TRUE(invocation.has("stream")) << line;
  }
}

TEST(CommandLine, SetTakesSeveralValuesAndRepeats) {
  const Invocation invocation =
      parsed("job create -f p.yml --set a=1 b.c=-2 --stream --set d= e=x=y");
  EXPECT_THAT(invocation.texts("set"), testing::ElementsAre("a=1", "b.c=-2", "d=", "e=x=y"));
}

TEST(CommandLine, ShortFormsDifferByCommand) {
  EXPECT_EQ(parsed("job list -p parent -r 5").text("parent-job-name"), "parent");
  EXPECT_EQ(parsed("job list -r 5").number("max-results", 50), 5U);
  EXPECT_EQ(parsed("job download -n x -p dir").text("download-path"), "dir");
}

TEST(CommandLine, ASwitchWithAnOptionalValue) {
  EXPECT_TRUE(parsed("job list --all-results").is_on("all-results"));
  EXPECT_TRUE(parsed("job list --all-results TRUE").is_on("all-results"));
  EXPECT_FALSE(parsed("job list --all-results false -o table").is_on("all-results"));
  EXPECT_FALSE(parsed("job list").is_on("all-results"));
}

TEST(CommandLine, ChoicesAreReadWithoutRegardToCase) {
  EXPECT_EQ(parsed("job list -o TABLE").text("output"), "table");
}

TEST(CommandLine, OperandsStandAlone) { EXPECT_EQ(parsed("explain BM105").operand(), "BM105"); }

struct ProblemCase {
  const char* line;
  const char* message;
  const char* help;
};

class UsageProblemTest : public testing::TestWithParam<ProblemCase> {};

TEST_P(UsageProblemTest, NamesTheProblemAndTheWayOut) {
  const CommandLine result = parse(GetParam().line);
  ASSERT_TRUE(std::holds_alternative<UsageProblem>(result)) << GetParam().line;
  const auto& problem = std::get<UsageProblem>(result);
  EXPECT_EQ(problem.message, GetParam().message);
  EXPECT_EQ(problem.help, GetParam().help);
}

INSTANTIATE_TEST_SUITE_P(
    Table, UsageProblemTest,
    testing::Values(
        ProblemCase{"job strem -n x", "unknown command 'batchmill job strem'",
                    "write 'batchmill job stream'"},
        ProblemCase{"jbo list", "unknown command 'batchmill jbo'", "write 'batchmill job'"},
        ProblemCase{"frobnicate", "unknown command 'batchmill frobnicate'", "one of: job, explain"},
        ProblemCase{"job create -f p --strem", "unknown flag '--strem' of 'batchmill job create'",
                    "write '--stream'"},
        ProblemCase{"job create -f p --str", "unknown flag '--str' of 'batchmill job create'",
                    "write '--stream' or '--strict'"},
        ProblemCase{"job create -f p -x", "unknown flag '-x' of 'batchmill job create'",
                    "see batchmill job create --help"},
        ProblemCase{"job create", "'batchmill job create' needs --file/-f",
                    "see batchmill job create --help"},
        ProblemCase{"explain", "'batchmill explain' needs CODE", "see batchmill explain --help"},
        ProblemCase{"job show -n", "--name needs a value", "write '--name NAME'"},
        ProblemCase{"job show -n --query x", "--name needs a value", "write '--name NAME'"},
        ProblemCase{"job show digits_7", "unexpected 'digits_7' after 'batchmill job show'",
                    "write '--name digits_7'"},
        ProblemCase{"job list -o tabel", "'tabel' is not a value of --output",
                    "write '--output table'"},
        ProblemCase{"job list -o xml", "'xml' is not a value of --output",
                    "one of: json, jsonc, yaml, yamlc, table, tsv, none"},
        ProblemCase{"job list -r many", "'many' is not a value of --max-results",
                    "write a number, 0 or more"},
        ProblemCase{"job create -f p --set a", "--set 'a' has no '='", "write '--set a=VALUE'"},
        ProblemCase{"job create -f p --stream=yes", "--stream takes no value", ""}));

TEST(CommandLine, HelpIsGivenEverywhere) {
  for (const char* line : {"--help", "-h", "job --help", "job create --help", "job create -h",
                           "job create -f --help", "job create --strem --help"}) {
    EXPECT_TRUE(std::holds_alternative<HelpWanted>(parse(line))) << line;
  }
  EXPECT_TRUE(std::get<HelpWanted>(parse_command_line({})).asked);
  EXPECT_FALSE(std::get<HelpWanted>(parse("job")).asked);
  EXPECT_TRUE(std::holds_alternative<VersionWanted>(parse("--version")));
}

TEST(Help, ShowsEveryFlagOfEveryCommandWithinTheWidth) {
  for (const Command& command : commands()) {
    const std::vector<std::string> name(command.words.begin(), command.words.end());
    const std::string text = help_text(name, 80);
    for (const Flag& flag : command.flags) {
      EXPECT_THAT(text, testing::HasSubstr("--" + std::string(flag.name))) << words_of(command);
    }
    for (const auto line : split(text, '\n')) EXPECT_LE(line.size(), 80U) << line;
    EXPECT_THAT(help_text({}, 80), testing::HasSubstr(words_of(command)));
  }
}

TEST(CommandTable, ShortFormsAreUniqueWithinACommand) {
  for (const Command& command : commands()) {
    std::string letters;
    for (const auto* table : {&command.flags, &global_flags()}) {
      for (const Flag& flag : *table) {
        if (flag.letter == 0) continue;
        EXPECT_EQ(letters.find(flag.letter), std::string::npos) << words_of(command) << flag.letter;
        letters += flag.letter;
      }
    }
  }
}

}  // namespace
}  // namespace batchmill::cli
