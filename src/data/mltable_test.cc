#include "data/mltable.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/memory_files.h"

namespace batchmill::data {
namespace {

using fakes::MemoryFiles;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MltableTest : public ::testing::Test {
 protected:
  MltableTest() {
    for (const char* path :
         {"/t/a.csv", "/t/b.csv", "/t/_temporary/x.csv", "/t/.hidden", "/t/sub/c.csv"}) {
      files_.put(path, "x\n1\n");
    }
  }
  MltableCheck check(const std::string& text) {
    files_.put("/t/MLTable", text);
    return check_mltable(files_, files_, "/t", "taxi/MLTable");
  }
  // "105 1:1 message" for each diagnostic.
  std::vector<std::string> problems(const std::string& text) {
    std::vector<std::string> lines;
    const MltableCheck result = check(text);
    bool has_error = false;
    for (const Diagnostic& d : result.diagnostics) {
      lines.push_back(std::to_string(d.code) + " " + std::to_string(d.place.line) + ":" +
                      std::to_string(d.place.column) + " " + d.message);
      EXPECT_EQ(d.place.file, "taxi/MLTable");
      EXPECT_THAT(d.message, ::testing::Not(HasSubstr("{")));
      has_error = has_error || d.level == Level::kError;
    }
    EXPECT_EQ(result.spec.has_value(), !has_error);
    return lines;
  }
  // The files that a correct MLTable names, relative to their common folder.
  std::vector<std::string> listed(const std::string& text) {
    const MltableCheck result = check(text);
    EXPECT_TRUE(result.spec) << (result.diagnostics.empty() ? ""
                                                            : result.diagnostics.front().message);
    if (!result.spec) return {};
    std::vector<std::string> paths;
    EXPECT_TRUE(visit_sources(files_, result.spec->sources,
                              [&](std::string_view path, std::size_t) -> Result<void> {
                                paths.emplace_back(path);
                                return {};
                              }));
    return paths;
  }
  MemoryFiles files_;
};

const std::string kRead = "transformations:\n  - read_delimited:\n";

TEST_F(MltableTest, ReadsAPublishedTable) {
  const MltableCheck result = check(
      "$schema: https://azuremlschemas.azureedge.net/latest/MLTable.schema.json\n"
      "type: mltable\n"
      "paths:\n"
      "  - file: ./a.csv\n"
      "transformations:\n"
      "  - read_delimited:\n"
      "      delimiter: ','\n"
      "      header: from_first_file\n"
      "      encoding: ascii\n"
      "      empty_as_string: false\n"
      "      include_path_column: no\n"
      "      partition_size: 20971520\n"
      "traits:\n"
      "  index_columns: [x]\n"
      "metadata:\n"
      "  anything: {goes: here}\n");
  EXPECT_THAT(result.diagnostics, IsEmpty());
  ASSERT_TRUE(result.spec);
  EXPECT_TRUE(result.spec->is_table);
  EXPECT_EQ(result.spec->format.header, HeaderRule::kFromFirstFile);
  EXPECT_EQ(result.spec->format.delimiter, ',');
  EXPECT_TRUE(result.spec->format.infer_column_types);
  ASSERT_EQ(result.spec->sources.size(), 1U);
  EXPECT_EQ(result.spec->sources[0].folder, "/t");
  EXPECT_EQ(result.spec->sources[0].rest, "a.csv");
}

TEST_F(MltableTest, DefaultsOfReadDelimited) {
  for (const char* step : {"  - read_delimited\n", "  - read_delimited:\n",
                           "  - read_delimited: {delimiter: null}\n"}) {
    const MltableCheck result =
        check(std::string("paths: [{file: a.csv}]\ntransformations:\n") + step);
    ASSERT_TRUE(result.spec) << step;
    EXPECT_TRUE(result.spec->is_table);
    EXPECT_EQ(result.spec->format.delimiter, ',');
    EXPECT_EQ(result.spec->format.header, HeaderRule::kAllFilesSameHeaders);
    EXPECT_FALSE(result.spec->format.empty_as_string);
    EXPECT_FALSE(result.spec->format.sample_size);
  }
}

TEST_F(MltableTest, OptionsOfReadDelimited) {
  const struct {
    const char* option;
    bool (*holds)(const TableFormat&);
  } cases[] = {
      {"delimiter: ';'", [](const TableFormat& f) { return f.delimiter == ';'; }},
      {"delimiter: '\\t'", [](const TableFormat& f) { return f.delimiter == '\t'; }},
      {"delimiter: \"\\t\"", [](const TableFormat& f) { return f.delimiter == '\t'; }},
      {"delimiter: ' '", [](const TableFormat& f) { return f.delimiter == ' '; }},
      {"header: no_header", [](const TableFormat& f) { return f.header == HeaderRule::kNoHeader; }},
      {"encoding: utf-8", [](const TableFormat& f) { return f.delimiter == ','; }},
      {"empty_as_string: true", [](const TableFormat& f) { return f.empty_as_string; }},
      {"infer_column_types: false", [](const TableFormat& f) { return !f.infer_column_types; }},
      {"infer_column_types: {}", [](const TableFormat& f) { return f.infer_column_types; }},
      {"infer_column_types: {sample_size: 5}",
       [](const TableFormat& f) { return f.sample_size == 5; }},
  };
  for (const auto& c : cases) {
    const MltableCheck result =
        check("paths: [{file: a.csv}]\n" + kRead + "      " + c.option + "\n");
    ASSERT_TRUE(result.spec) << c.option;
    EXPECT_TRUE(c.holds(result.spec->format)) << c.option;
  }
}

// Case 25 of mltable-and-data.md 8.
TEST_F(MltableTest, FileListings) {
  files_ = MemoryFiles();
  files_.put("/t/a.png", "");
  files_.put("/t/sub/b.png", "");
  const struct {
    const char* entry;
    std::vector<std::string> paths;
  } cases[] = {
      {"folder: .", {"a.png", "sub/b.png"}},
      {"pattern: ./*.png", {"a.png"}},
      {"pattern: ./**/*.png", {"a.png", "sub/b.png"}},
      {"file: ./sub", {"b.png"}},
      {"pattern: ./[ab].png", {"a.png"}},
      {"pattern: '*'", {"a.png"}},
      {"pattern: /t/s*/*", {"sub/b.png"}},
      {"pattern: sub/*.png", {"b.png"}},
      {"folder: ../t/sub/", {"b.png"}},
      {"file: file:///t/a.png", {"a.png"}},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(listed(std::string("paths:\n  - ") + c.entry + "\n"),
                ::testing::ElementsAreArray(c.paths))
        << c.entry;
    EXPECT_FALSE(*check(std::string("paths:\n  - ") + c.entry + "\n").is_table);
  }
}

TEST_F(MltableTest, FoldersOfTablesLeaveOutHiddenNames) {
  EXPECT_THAT(listed("paths: [{folder: .}]\n" + kRead), ElementsAre("a.csv", "b.csv", "sub/c.csv"));
  EXPECT_THAT(listed("paths: [{folder: .}]\n"),
              ElementsAre(".hidden", "_temporary/x.csv", "a.csv", "b.csv", "sub/c.csv"));
}

TEST_F(MltableTest, EntriesKeepTheirOrderAndMayRepeat) {
  EXPECT_THAT(listed("paths:\n- file: b.csv\n- pattern: '*.csv'\n- folder: sub\n"),
              ElementsAre("b.csv", "a.csv", "b.csv", "sub/c.csv"));
}

TEST_F(MltableTest, AStarInFileIsTakenAsAPattern) {
  EXPECT_THAT(problems("paths:\n  - file: ./*.csv\n"),
              ElementsAre("608 2:11 'file:' with '*' is taken as 'pattern:'"));
  EXPECT_THAT(listed("paths:\n  - file: ./*.csv\n"), ElementsAre("a.csv", "b.csv"));
}

TEST_F(MltableTest, NamesEachMistakeWithItsPlace) {
  const std::string head = "paths: [{file: a.csv}]\n";
  const struct {
    std::string text;
    std::string expected;
  } cases[] = {
      {"path: [{file: a.csv}]\npaths: [{file: a.csv}]\n",
       "105 1:1 unknown key 'path' in an MLTable file"},
      {"type: mltable\n", "107 0:0 an MLTable file lacks 'paths'"},
      {"paths: a.csv\n",
       "108 1:8 'paths' must be a list of files, folders or patterns, not a string"},
      {"paths: []\n",
       "108 1:8 'paths' must be a list of files, folders or patterns, not an empty list"},
      {"paths:\n  - path: a.csv\n", "602 2:5 a paths entry needs one of file, folder, pattern"},
      {"paths:\n  - {file: a.csv, folder: b}\n",
       "602 2:5 a paths entry needs one of file, folder, pattern"},
      {"paths:\n  - a.csv\n", "602 2:5 a paths entry needs one of file, folder, pattern"},
      {"paths:\n  - file:\n", "108 2:10 'file' must be a path, not nothing"},
      {"paths:\n  - file: ./c.csv\n", "402 2:11 no such file: /t/c.csv"},
      {"paths:\n  - folder: ./none\n", "402 2:13 no such folder: /t/none"},
      {"paths:\n  - folder: ./a.csv\n", "402 2:13 no such folder: /t/a.csv"},
      {"paths:\n  - pattern: ./none/*\n", "402 2:14 no such folder: /t/none"},
      {"paths:\n  - pattern: ./*.cvs\n", "603 2:14 './*.cvs' matches nothing below /t"},
      {"paths:\n  - file: https://x.blob.core.windows.net/c/a.csv\n",
       "112 2:11 'https: in paths' is not available in this version"},
      {"paths:\n  - file: azureml://datastores/d/paths/a.csv\n",
       "112 2:11 'azureml: in paths' is not available in this version"},
      {"query_source: x\n", "111 1:1 the key 'query_source' is not supported"},
      {"type: table\n" + head, "109 1:7 'table' is not a value of 'type'"},
      {head + "traits: {index: x}\n", "105 2:10 unknown key 'index' in traits"},
      {head + "transformations: read_delimited\n",
       "108 2:18 'transformations' must be a list of steps, not a string"},
      {head + "transformations:\n  - read_delimted:\n",
       "604 3:5 'read_delimted' is no transformation"},
      {head + "transformations:\n  - read_parquet\n",
       "112 3:5 'read_parquet' is not available in this version"},
      {head + "transformations:\n  - take: 1\n", "112 3:5 'take' is not available in this version"},
      {head + "transformations:\n  - take\n",
       "108 3:5 'take' must be a step with its argument, not a string"},
      {head + "transformations:\n  - drop_columns: [a]\n",
       "112 3:5 'drop_columns' is not available in this version"},
      {head + kRead + "      delimeter: ','\n",
       "605 4:7 'delimeter' is no option of read_delimited"},
      {head + kRead + "      delimiter: ';;;'\n",
       "108 4:18 'delimiter' must be one character that is no quote or line break, not ';;;'"},
      {head + kRead + "      delimiter: '::'\n",
       "112 4:18 'delimiter: ::' is not available in this version"},
      {head + kRead + "      header: first\n", "109 4:15 'first' is not a value of 'header'"},
      {head + kRead + "      header: all_files_different_headers\n",
       "112 4:15 'header: all_files_different_headers' is not available in this version"},
      {head + kRead + "      encoding: latin1\n",
       "112 4:17 'encoding: latin1' is not available in this version"},
      {head + kRead + "      encoding: utf7\n", "109 4:17 'utf7' is not a value of 'encoding'"},
      {head + kRead + "      support_multi_line: true\n",
       "112 4:27 'support_multi_line: true' is not available in this version"},
      {head + kRead + "      include_path_column: true\n",
       "112 4:28 'include_path_column: true' is not available in this version"},
      {head + kRead + "      empty_as_string: 3\n",
       "108 4:24 'empty_as_string' must be true or false, not an integer"},
      {head + kRead + "      infer_column_types: {sample: 3}\n",
       "605 4:28 'sample' is no option of infer_column_types"},
      {head + kRead + "      infer_column_types: {sample_size: 0}\n",
       "108 4:41 'sample_size' must be an integer above 0, not an integer"},
      {head + kRead +
           "      infer_column_types: {column_type_overrides: [{columns: a, column_type: int}]}\n",
       "112 4:28 'column_type_overrides' is not available in this version"},
      {"- a\n", "108 1:1 'MLTable' must be a mapping with 'paths', not a list"},
      {"", "108 0:0 'MLTable' must be a mapping with 'paths', not nothing"},
      {head + head, "103 2:1 key 'paths' appears twice"},
  };
  for (const auto& c : cases) EXPECT_THAT(problems(c.text), ElementsAre(c.expected)) << c.text;
}

TEST_F(MltableTest, ReportsAllMistakesAtOnceByPlace) {
  EXPECT_THAT(problems("typo: 1\n"
                       "paths:\n"
                       "  - file: ./missing.csv\n"
                       "  - fil: ./a.csv\n"
                       "transformations:\n"
                       "  - read_delimited:\n"
                       "      delimiter: ';;;'\n"
                       "      heder: no_header\n"
                       "  - filter: x > 1\n"),
              ElementsAre(HasSubstr("105 1:1"), HasSubstr("402 3:11"), HasSubstr("602 4:5"),
                          HasSubstr("108 7:18"), HasSubstr("605 8:7"), HasSubstr("112 9:5")));
}

TEST_F(MltableTest, HelpNamesTheNearest) {
  const struct {
    std::string text, help;
  } cases[] = {
      {"pahts: []\npaths: [{file: a.csv}]\n", "write 'paths'"},
      {"paths:\n  - file: ./aa.csv\n", "/t holds: a.csv"},
      {"paths:\n  - pattern: sub/*.txt\n", "1 files there, e.g. c.csv"},
      {"paths: [{file: a.csv}]\ntransformations: [{read_delimted: {}}]\n",
       "write 'read_delimited'"},
      {"paths: [{file: a.csv}]\n" + kRead + "      header: no_headers\n", "write 'no_header'"},
      {"paths: [{file: a.csv}]\n" + kRead + "      encoding: latin1\n",
       "convert the files to UTF-8"},
  };
  for (const auto& c : cases) {
    const auto diagnostics = check(c.text).diagnostics;
    ASSERT_EQ(diagnostics.size(), 1U) << c.text;
    EXPECT_THAT(diagnostics[0].help, HasSubstr(c.help)) << c.text;
  }
}

TEST_F(MltableTest, DiagnosticsCarryPathExcerptAndFoundText) {
  const auto diagnostics =
      check("paths:\n  - file: a.csv\n" + kRead + "      delimeter: ','\n").diagnostics;
  ASSERT_EQ(diagnostics.size(), 1U);
  EXPECT_EQ(diagnostics[0].path, "transformations[0].read_delimited.delimeter");
  EXPECT_EQ(diagnostics[0].excerpt, "      delimeter: ','");
  EXPECT_EQ(diagnostics[0].found, "delimeter");
}

TEST_F(MltableTest, NoFileAndNoYamlAreDistinct) {
  files_.put_folder("/empty");
  const auto none = check_mltable(files_, files_, "/empty").diagnostics;
  ASSERT_EQ(none.size(), 1U);
  EXPECT_EQ(none[0].code, 601);
  EXPECT_EQ(none[0].place.file, "/empty/MLTable");
  EXPECT_THAT(problems("paths: [\n"), ElementsAre(HasSubstr("102 ")));
}

TEST_F(MltableTest, TellsATableEvenWhenSomethingIsWrong) {
  const MltableCheck result = check("paths: [{file: gone.csv}]\ntransformations: [read_parquet]\n");
  EXPECT_FALSE(result.spec);
  ASSERT_TRUE(result.is_table);
  EXPECT_TRUE(*result.is_table);
}

TEST_F(MltableTest, DoesNotGuessWhatAMisspeltStepWouldHaveBeen) {
  EXPECT_FALSE(check("paths: [{file: a.csv}]\ntransformations: [read_delimted: {}]\n").is_table);
}

}  // namespace
}  // namespace batchmill::data
