#include "engine/row_format.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace batchmill::engine {
namespace {

constexpr auto kArgument = SettingOrigin::kArgument;
constexpr auto kKey = SettingOrigin::kNode;

ParallelSpec with_format(const char* format) {
  ParallelSpec spec;
  spec.append_row_format = {format, kKey, {}};
  return spec;
}

ParallelSpec with_header(bool value, SettingOrigin origin, const char* format = "text") {
  ParallelSpec spec = with_format(format);
  spec.append_row_dataframe_header = {value, origin, {}};
  return spec;
}

std::string settings(const std::string& options) {
  return R"({"append_row": {"pandas.DataFrame.to_csv": )" + options + "}}";
}

nlohmann::json options_of(const RowFormat& format) { return nlohmann::json::parse(format.to_csv); }

TEST(Spec6RowFormat, DefaultsToOneSpaceWithoutHeaderAndIndex) {
  const auto format = row_format({}, std::nullopt);
  ASSERT_TRUE(format.has_value());
  EXPECT_FALSE(format->header);
  EXPECT_EQ(format->format, "text");
  EXPECT_EQ(options_of(*format),
            nlohmann::json({{"sep", " "}, {"index", false}, {"header", false}}));
}

TEST(Spec6RowFormat, CsvHasCommasAndAHeader) {
  const auto format = row_format(with_format("csv"), std::nullopt);
  ASSERT_TRUE(format.has_value());
  EXPECT_TRUE(format->header);
  EXPECT_EQ(options_of(*format),
            nlohmann::json({{"sep", ","}, {"index", false}, {"header", true}}));
}

TEST(Spec6RowFormat, JsonLinesHaveNoHeaderWhateverIsAsked) {
  EXPECT_FALSE(row_format(with_header(true, kArgument, "jsonl"), std::nullopt)->header);
}

// Argument, settings file, key, default: each wins over what stands behind it.
TEST(Spec6RowFormat, WhoDecidesOnTheHeader) {
  const std::string yes = settings(R"({"header": true})");
  const std::string no = settings(R"({"header": false})");
  struct {
    ParallelSpec spec;
    std::optional<std::string> file;
    bool header;
  } const cases[] = {
      {with_header(false, kArgument), yes, false},
      {with_header(true, kArgument), no, true},
      {with_header(true, kKey), no, false},
      {with_header(false, kKey), yes, true},
      {with_header(true, kKey), std::nullopt, true},
      {with_header(false, kKey, "csv"), std::nullopt, false},
      {with_format("csv"), no, false},
      {with_format("csv"), settings("{}"), true},
  };
  for (const auto& one : cases) {
    const auto format = row_format(one.spec, one.file);
    ASSERT_TRUE(format.has_value());
    EXPECT_EQ(format->header, one.header) << one.file.value_or("no file");
    EXPECT_EQ(options_of(*format)["header"], one.header);
  }
}

TEST(Spec6RowFormat, OptionsOfTheSettingsFileWinOverTheFormatsOwn) {
  const auto format = row_format(with_format("csv"), settings(R"({"sep": ";", "index": true})"));
  ASSERT_TRUE(format.has_value());
  EXPECT_EQ(options_of(*format)["sep"], ";");
  EXPECT_EQ(options_of(*format)["index"], true);
}

TEST(Spec6RowFormat, NamesInPlaceOfTheHeaderAreKept) {
  const auto format = row_format({}, settings(R"({"header": ["a", "b"]})"));
  ASSERT_TRUE(format.has_value());
  EXPECT_TRUE(format->header);
  EXPECT_EQ(options_of(*format)["header"].size(), 2u);
  EXPECT_EQ(options_of(*row_format(with_header(false, kArgument),
                                   settings(R"({"header": ["a", "b"]})")))["header"],
            false);
}

TEST(Spec6RowFormat, ABrokenSettingsFileIsNamed) {
  for (const char* text :
       {"[", "[]", R"({"append_row": 3})", R"({"append_row": {"pandas.DataFrame.to_csv": 3}})"}) {
    const auto format = row_format({}, text);
    ASSERT_FALSE(format.has_value()) << text;
    EXPECT_NE(format.error().message.find("parallel_run_step.settings.json"), std::string::npos);
  }
}

}  // namespace
}  // namespace batchmill::engine
