#include "data/infer_table.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/schema_json.h"
#include "fakes/memory_files.h"

namespace batchmill::data {
namespace {

using fakes::MemoryFiles;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class InferTableTest : public ::testing::Test {
 protected:
  std::vector<std::string> infer() {
    const auto result = infer_table(files_, {folder_source("/in")}, format_);
    EXPECT_TRUE(result) << result.error().message;
    if (!result) return {};
    warnings_ = result->warnings;
    std::vector<std::string> columns;
    for (const Column& column : result->schema.columns) {
      columns.push_back(column.name + " " + name_of(column.type) +
                        (column.datetime_format.empty() ? "" : " " + column.datetime_format));
    }
    return columns;
  }
  MemoryFiles files_;
  TableFormat format_;
  std::vector<std::string> warnings_;
};

// The numbers are those of the conformance cases in mltable-and-data.md 8.
const char* const kPeople =
    "id,name,score,ok,day\n1,Ann,1.5,TRUE,2024-01-31\n2,Bob,2,FALSE,2024-02-01\n";

TEST_F(InferTableTest, Case1TypesColumns) {
  files_.put("/in/a.csv", kPeople);
  EXPECT_THAT(infer(),
              ElementsAre("id int", "name string", "score float", "ok bool", "day datetime iso"));
}

TEST_F(InferTableTest, Case2WithoutInferenceAllIsText) {
  files_.put("/in/a.csv", kPeople);
  format_.infer_column_types = false;
  EXPECT_THAT(infer(),
              ElementsAre("id string", "name string", "score string", "ok string", "day string"));
}

TEST_F(InferTableTest, Case3And4HeaderRulesOfTwoFiles) {
  files_.put("/in/a.csv", kPeople);
  files_.put("/in/b.csv", kPeople);
  EXPECT_THAT(infer(),
              ElementsAre("id int", "name string", "score float", "ok bool", "day datetime iso"));
  format_.header = HeaderRule::kFromFirstFile;
  EXPECT_THAT(infer(),
              ElementsAre("id string", "name string", "score string", "ok string", "day string"));
}

TEST_F(InferTableTest, Case5WithoutHeaderColumnsAreNumbered) {
  files_.put("/in/a.csv", kPeople);
  format_.header = HeaderRule::kNoHeader;
  EXPECT_THAT(infer(), ElementsAre("Column1 string", "Column2 string", "Column3 string",
                                   "Column4 string", "Column5 string"));
}

TEST_F(InferTableTest, Case7EmptyFieldsAreNullWhateverEmptyAsStringSays) {
  files_.put("/in/a.csv", "x,s\n1,\n,z\n");
  EXPECT_THAT(infer(), ElementsAre("x int", "s string"));
  format_.empty_as_string = true;
  EXPECT_THAT(infer(), ElementsAre("x int", "s string"));
}

TEST_F(InferTableTest, Case10OtherDelimiter) {
  files_.put("/in/a.csv", "a;b\n1;2\n");
  format_.delimiter = ';';
  EXPECT_THAT(infer(), ElementsAre("a int", "b int"));
}

TEST_F(InferTableTest, Case13TheSampleDecides) {
  std::string text = "n\n";
  for (int i = 0; i < 300; ++i) text += "1\n";
  files_.put("/in/a.csv", text + "x\n");
  format_.sample_size = 200;
  EXPECT_THAT(infer(), ElementsAre("n int"));
  format_.sample_size.reset();
  EXPECT_THAT(infer(), ElementsAre("n string"));
}

TEST_F(InferTableTest, LooksAtAllFilesAndSkipsBlankLinesAndMisfits) {
  files_.put("/in/a.csv", "a,b\n1,2\n\r\n\n");
  files_.put("/in/b.csv", "a,b\n1,2,oops\n1\n3,4.5\n");
  EXPECT_THAT(infer(), ElementsAre("a int", "b float"));
}

TEST_F(InferTableTest, WindowsFilesWithByteOrderMark) {
  files_.put("/in/a.csv",
             "\xef\xbb\xbf"
             "a,b\r\n1,x\r\n2,y");
  EXPECT_THAT(infer(), ElementsAre("a int", "b string"));
}

TEST_F(InferTableTest, BlankAndDoubledHeaderCells) {
  files_.put("/in/a.csv", "a,,a, ,\"b,c\",a.1,a\n1,2,3,4,5,6,7\n");
  EXPECT_THAT(infer(), ElementsAre("a int", "Column2 int", "a.1 int", "Column4 int", "b,c int",
                                   "a.1.1 int", "a.2 int"));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("column 3 has the name 'a'"), HasSubstr("column 6"),
                                     HasSubstr("column 7")));
}

TEST_F(InferTableTest, WarnsWhereItGuessed) {
  files_.put("/in/a.csv", "zip,day\n01234,01/02/2024\n");
  EXPECT_THAT(infer(), ElementsAre("zip int", "day datetime m/d/Y"));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("'zip' has numbers with leading zeros"),
                                     HasSubstr("month/day")));
}

TEST_F(InferTableTest, HeaderAloneGivesTextColumns) {
  files_.put("/in/a.csv", "a,b\n");
  EXPECT_THAT(infer(), ElementsAre("a string", "b string"));
  files_.put("/in/a.csv", "");
  EXPECT_THAT(infer(), IsEmpty());
}

TEST_F(InferTableTest, AHeaderThatIsNotUtf8IsNamed) {
  files_.put("/in/a.csv", "a,\xe9\n1,2\n");
  const auto result = infer_table(files_, {folder_source("/in")}, format_);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("/in/a.csv"));
}

TEST_F(InferTableTest, VeryWideTables) {
  std::string header, row;
  std::vector<std::string> expected;
  for (int i = 0; i < 5000; ++i) {
    header += (i > 0 ? ",c" : "c") + std::to_string(i);
    row += i > 0 ? ",1" : "1";
    expected.push_back("c" + std::to_string(i) + " int");
  }
  files_.put("/in/a.csv", header + "\n" + row + "\n");
  EXPECT_THAT(infer(), ElementsAreArray(expected));
}

TEST(SchemaJson, ComesBackAsItWas) {
  TableSchema schema;
  schema.delimiter = '\t';
  schema.empty_as_string = true;
  schema.columns = {{"id", ColumnType::kInt, ""},
                    {"day \"x\"", ColumnType::kDatetime, "m/d/Y H:M"}};
  const auto back = schema_from_json(schema_to_json(schema));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(schema_to_json(*back), schema_to_json(schema));
  EXPECT_EQ(back->columns[1].datetime_format, "m/d/Y H:M");
  EXPECT_EQ(back->delimiter, '\t');
}

TEST(SchemaJson, HasTheDocumentedForm) {
  TableSchema schema;
  schema.columns = {{"id", ColumnType::kInt, ""}, {"day", ColumnType::kDatetime, "iso"}};
  EXPECT_EQ(schema_to_json(schema),
            "{\"version\":1,\"delimiter\":\",\",\"empty_as_string\":false,\"columns\":[{\"name\":"
            "\"id\",\"type\":\"int\"},"
            "{\"name\":\"day\",\"type\":\"datetime\",\"format\":\"iso\"}]}");
}

TEST(SchemaJson, RefusesWhatItDoesNotKnow) {
  for (const char* text :
       {"", "{}", "{\"version\":2}", "[1]",
        "{\"version\":1,\"delimiter\":\",\",\"empty_as_string\":false,\"columns\":[{\"name\":\"a\","
        "\"type\":\"complex\"}]}"}) {
    EXPECT_EQ(schema_from_json(text).error().kind, ErrorKind::kProtocol) << text;
  }
}

}  // namespace
}  // namespace batchmill::data
