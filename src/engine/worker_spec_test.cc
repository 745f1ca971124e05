#include "engine/worker_spec.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace batchmill::engine {
namespace {

ParallelSpec header_argument(bool value) {
  ParallelSpec spec;
  spec.append_row_dataframe_header = {value, SettingOrigin::kArgument, {}};
  return spec;
}

std::string settings(const std::string& options) {
  return R"({"append_row": {"pandas.DataFrame.to_csv": )" + options + "}}";
}

nlohmann::json options_of(const RowFormat& format) { return nlohmann::json::parse(format.to_csv); }

TEST(RowFormat, DefaultsToOneSpaceWithoutHeaderAndIndex) {
  const auto format = row_format({}, std::nullopt);
  ASSERT_TRUE(format.has_value());
  EXPECT_FALSE(format->header);
  EXPECT_EQ(options_of(*format)["sep"], " ");
  EXPECT_EQ(options_of(*format)["index"], false);
}

TEST(RowFormat, TheSettingsFileWinsOverTheDefaultsAndTheArgumentOverTheFile) {
  const auto file = row_format({}, settings(R"({"sep": ",", "header": true})"));
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(options_of(*file)["sep"], ",");
  EXPECT_TRUE(file->header);
  EXPECT_FALSE(row_format(header_argument(false), settings(R"({"header": true})"))->header);
  EXPECT_TRUE(row_format(header_argument(true), std::nullopt)->header);
}

TEST(RowFormat, NamesInPlaceOfTheHeaderAreKept) {
  const auto format = row_format({}, settings(R"({"header": ["a", "b"]})"));
  ASSERT_TRUE(format.has_value());
  EXPECT_TRUE(format->header);
  EXPECT_EQ(options_of(*format)["header"].size(), 2u);
}

TEST(RowFormat, ABrokenSettingsFileIsNamed) {
  for (const char* text : {"[", "[]", R"({"append_row": {"pandas.DataFrame.to_csv": 3}})"}) {
    const auto format = row_format({}, text);
    ASSERT_FALSE(format.has_value()) << text;
    EXPECT_NE(format.error().message.find("parallel_run_step.settings.json"), std::string::npos);
  }
}

}  // namespace
}  // namespace batchmill::engine
