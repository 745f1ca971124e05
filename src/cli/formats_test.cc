#include "cli/formats.h"

#include <nlohmann/json.hpp>

namespace batchmill::cli {
namespace {

using Json = nlohmann::ordered_json;

struct FormatCase {
  const char* name;
  OutputFormat format;
  bool order_is_given;
  const char* value;
  const char* expected;
};

class FormatTest : public testing::TestWithParam<FormatCase> {};

TEST_P(FormatTest, Prints) {
  FormatOptions options;
  options.format = GetParam().format;
  options.order_is_given = GetParam().order_is_given;
  EXPECT_EQ(format_result(Json::parse(GetParam().value), options), GetParam().expected);
}

constexpr OutputFormat kJson = OutputFormat::kJson, kYaml = OutputFormat::kYaml,
                       kTable = OutputFormat::kTable, kTsv = OutputFormat::kTsv;

INSTANTIATE_TEST_SUITE_P(
    Table, FormatTest,
    testing::Values(
        FormatCase{"null_prints_nothing", kJson, false, "null", ""},
        FormatCase{"none_prints_nothing", OutputFormat::kNone, false, R"({"a": 1})", ""},
        FormatCase{"json_sorts_keys", kJson, false, R"({"b": "ä", "a": [], "c": {}})",
                   "{\n  \"a\": [],\n  \"b\": \"ä\",\n  \"c\": {}\n}\n"},
        FormatCase{"json_sorts_keys_of_a_query_too", kJson, true, R"({"b": 1, "a": 2})",
                   "{\n  \"a\": 2,\n  \"b\": 1\n}\n"},
        FormatCase{"json_text", kJson, false, R"("x")", "\"x\"\n"},
        FormatCase{"jsonc_is_plain_without_a_terminal", OutputFormat::kJsonc, false, "[1]",
                   "[\n  1\n]\n"},
        FormatCase{"yaml_block", kYaml, false,
                   R"({"b": [1, {"x": null}], "a": "text", "e": [], "f": {}, "t": true})",
                   "a: text\nb:\n- 1\n- x: null\ne: []\nf: {}\nt: true\n"},
        FormatCase{"yaml_quotes_what_would_change", kYaml, false,
                   R"({"a": "yes", "b": "1", "c": "2020-01-01", "d": "", "e": "ä", "f": "1e-3"})",
                   "a: 'yes'\nb: '1'\nc: '2020-01-01'\nd: ''\ne: ä\nf: 1e-3\n"},
        FormatCase{"yaml_lines", kYaml, false, R"({"a": "x\ny"})", "a: 'x\n\n  y'\n"},
        FormatCase{"tsv_text", kTsv, false, R"("digits_7")", "digits_7\n"},
        FormatCase{"tsv_rows", kTsv, false, R"([{"b": 1, "a": "x"}, {"b": null, "a": true}])",
                   "x\t1\nTrue\tNone\n"},
        FormatCase{"tsv_order_of_the_query", kTsv, true, R"([{"b": 1, "a": "x"}])", "1\tx\n"},
        FormatCase{"tsv_nested", kTsv, false, R"({"a": [1, 2], "b": {"x": 1}, "c": 3})",
                   "2\t\t3\n"},
        FormatCase{"tsv_list_of_lists", kTsv, true, R"([["a", 1], ["b", 2.0]])", "a\t1\nb\t2.0\n"},
        FormatCase{"tsv_bare_boolean", kTsv, true, "true", "true\n"},
        FormatCase{"tsv_names", kTsv, true, R"(["a", "b"])", "a\nb\n"},
        FormatCase{"tsv_empty", kTsv, true, "[]", ""},
        FormatCase{"table_of_objects", kTable, false,
                   R"([{"name": "x", "id": 1, "n": 10, "o": {}}, {"name": "long name"}])",
                   "N    Name\n---  ---------\n10   x\n     long name\n"},
        FormatCase{"table_order_of_the_query", kTable, true, R"([{"name": "x", "n": 1}])",
                   "Name    N\n------  ---\nx       1\n"},
        FormatCase{"table_of_scalars", kTable, true, R"(["a", "b"])", "Result\n--------\na\nb\n"},
        FormatCase{"table_of_lists", kTable, true, R"([["a", true]])",
                   "Column1    Column2\n---------  ---------\na          True\n"},
        FormatCase{"table_wide_characters", kTable, true, R"([{"a": "日本", "b": 1}])",
                   "A     B\n----  ---\n日本  1\n"},
        FormatCase{"table_empty", kTable, false, "[]", ""}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(OutputFormat, IsReadWithoutRegardToCase) {
  EXPECT_EQ(output_format_from("TSV"), OutputFormat::kTsv);
  EXPECT_EQ(output_format_from("xml"), std::nullopt);
}

TEST(Colour, TouchesNothingButColours) {
  const std::string json = format_json(Json::parse(R"({"a\"b": ["x: y", -1.5, null], "c": {}})"));
  std::string plain;
  const std::string coloured = coloured_json(json);
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\033')
      i = coloured.find('m', i);
    else
      plain += coloured[i];
  }
  EXPECT_EQ(plain, json);
  EXPECT_NE(coloured, json);
}

TEST(Colour, KeysOfYaml) {
  EXPECT_EQ(coloured_yaml("a:\n- b: 1\n"), "\033[34ma\033[0m:\n- \033[34mb\033[0m: 1\n");
}

}  // namespace
}  // namespace batchmill::cli
