#include <charconv>

#include "cli/query_ast.h"
#include "cli/query_tokens.h"

namespace batchmill::cli {

namespace {

// How tightly an infix token binds, as in the reference implementation of JMESPath.
int binding(TokenKind kind) {
  switch (kind) {
    case TokenKind::kPipe:
      return 1;
    case TokenKind::kOr:
      return 2;
    case TokenKind::kAnd:
      return 3;
    case TokenKind::kCompare:
      return 5;
    case TokenKind::kFlatten:
      return 9;
    case TokenKind::kStar:
      return 20;
    case TokenKind::kFilter:
      return 21;
    case TokenKind::kDot:
      return 40;
    case TokenKind::kNot:
      return 45;
    case TokenKind::kOpenBracket:
      return 55;
    case TokenKind::kOpenParen:
      return 60;
    default:
      return 0;
  }
}
constexpr int kStopsProjection = 10;
constexpr int kDeepest = 200;

QueryNode node(QueryKind kind, std::vector<QueryNode> children = {}) {
  QueryNode made;
  made.kind = kind;
  made.children = std::move(children);
  return made;
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<QueryNode> run() {
    BM_ASSIGN(QueryNode whole, expression(0));
    if (peek().kind != TokenKind::kEnd) return unexpected();
    return whole;
  }

 private:
  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  const Token& take() { return tokens_[at_ < tokens_.size() - 1 ? at_++ : at_]; }
  bool take_if(TokenKind kind) {
    if (peek().kind != kind) return false;
    take();
    return true;
  }
  tl::unexpected<Error> unexpected() const {
    const Token& token = peek();
    return fail(ErrorKind::kInvalid,
                "--query, column " + std::to_string(token.column) + ": unexpected " +
                    (token.kind == TokenKind::kEnd ? "end" : "'" + token.text + "'"));
  }
  Result<void> expect(TokenKind kind) {
    if (!take_if(kind)) return unexpected();
    return {};
  }

  Result<QueryNode> expression(int right_binding) {
    if (++depth_ > kDeepest) return fail(ErrorKind::kInvalid, "--query is nested too deeply");
    BM_ASSIGN(QueryNode left, prefix());
    while (right_binding < binding(peek().kind)) {
      BM_ASSIGN(left, infix(std::move(left)));
    }
    --depth_;
    return left;
  }

  Result<QueryNode> prefix() {
    const Token token = peek();
    switch (token.kind) {
      case TokenKind::kName:
      case TokenKind::kQuotedName: {
        take();
        if (token.kind == TokenKind::kName && peek().kind == TokenKind::kOpenParen) {
          return call(token.text);
        }
        QueryNode field = node(QueryKind::kField);
        field.text = token.text;
        return field;
      }
      case TokenKind::kLiteral: {
        take();
        QueryNode literal = node(QueryKind::kLiteral);
        literal.literal = token.literal;
        return literal;
      }
      case TokenKind::kCurrent:
        take();
        return node(QueryKind::kCurrent);
      case TokenKind::kStar: {
        take();
        BM_ASSIGN(QueryNode right, projected(binding(TokenKind::kStar)));
        return node(QueryKind::kValueProject, {node(QueryKind::kCurrent), std::move(right)});
      }
      case TokenKind::kFlatten:
      case TokenKind::kFilter:
        return infix(node(QueryKind::kCurrent));
      case TokenKind::kOpenBracket:
        return bracket();
      case TokenKind::kOpenBrace:
        return hash();
      case TokenKind::kNot: {
        take();
        BM_ASSIGN(QueryNode inner, expression(binding(TokenKind::kNot)));
        return node(QueryKind::kNot, {std::move(inner)});
      }
      case TokenKind::kExpression: {
        take();
        BM_ASSIGN(QueryNode inner, expression(0));
        return node(QueryKind::kExpression, {std::move(inner)});
      }
      case TokenKind::kOpenParen: {
        take();
        BM_ASSIGN(QueryNode inner, expression(0));
        BM_TRY(expect(TokenKind::kCloseParen));
        return inner;
      }
      default:
        return unexpected();
    }
  }

  Result<QueryNode> infix(QueryNode left) {
    const Token token = peek();
    switch (token.kind) {
      case TokenKind::kDot: {
        take();
        if (take_if(TokenKind::kStar)) {
          BM_ASSIGN(QueryNode right, projected(binding(TokenKind::kStar)));
          return node(QueryKind::kValueProject, {std::move(left), std::move(right)});
        }
        BM_ASSIGN(QueryNode right, after_dot(binding(TokenKind::kDot)));
        return node(QueryKind::kSub, {std::move(left), std::move(right)});
      }
      case TokenKind::kFlatten: {
        take();
        BM_ASSIGN(QueryNode right, projected(binding(TokenKind::kFlatten)));
        return node(QueryKind::kFlattenProject, {std::move(left), std::move(right)});
      }
      case TokenKind::kFilter: {
        take();
        BM_ASSIGN(QueryNode condition, expression(0));
        BM_TRY(expect(TokenKind::kCloseBracket));
        BM_ASSIGN(QueryNode right, projected(binding(TokenKind::kFilter)));
        return node(QueryKind::kFilterProject,
                    {std::move(left), std::move(right), std::move(condition)});
      }
      case TokenKind::kOpenBracket: {
        take();
        return index_or_slice(std::move(left));
      }
      case TokenKind::kPipe:
      case TokenKind::kOr:
      case TokenKind::kAnd:
      case TokenKind::kCompare:
        return binary(std::move(left));
      default:
        return unexpected();
    }
  }

  Result<QueryNode> binary(QueryNode left) {
    const Token token = take();
    BM_ASSIGN(QueryNode right, expression(binding(token.kind)));
    const QueryKind kind = token.kind == TokenKind::kPipe  ? QueryKind::kPipe
                           : token.kind == TokenKind::kOr  ? QueryKind::kOr
                           : token.kind == TokenKind::kAnd ? QueryKind::kAnd
                                                           : QueryKind::kCompare;
    QueryNode made = node(kind, {std::move(left), std::move(right)});
    made.text = token.text;
    return made;
  }

  // What is applied to each element of a projection.
  Result<QueryNode> projected(int right_binding) {
    if (binding(peek().kind) < kStopsProjection) return node(QueryKind::kCurrent);
    if (peek().kind == TokenKind::kOpenBracket || peek().kind == TokenKind::kFilter) {
      return expression(right_binding);
    }
    if (take_if(TokenKind::kDot)) return after_dot(right_binding);
    return unexpected();
  }

  Result<QueryNode> after_dot(int right_binding) {
    switch (peek().kind) {
      case TokenKind::kName:
      case TokenKind::kQuotedName:
      case TokenKind::kStar:
        return expression(right_binding);
      case TokenKind::kOpenBracket:
        take();
        return list();
      case TokenKind::kOpenBrace:
        return hash();
      default:
        return unexpected();
    }
  }

  // A '[' that stands first: an index, a slice, [*], or a multiselect list.
  Result<QueryNode> bracket() {
    const TokenKind next = peek(1).kind;
    const bool star = next == TokenKind::kStar && peek(2).kind == TokenKind::kCloseBracket;
    take();
    if (next == TokenKind::kNumber || next == TokenKind::kColon || star) {
      return index_or_slice(node(QueryKind::kCurrent));
    }
    return list();
  }

  Result<QueryNode> index_or_slice(QueryNode left) {
    if (take_if(TokenKind::kStar)) {
      BM_TRY(expect(TokenKind::kCloseBracket));
      BM_ASSIGN(QueryNode right, projected(binding(TokenKind::kStar)));
      return node(QueryKind::kProject, {std::move(left), std::move(right)});
    }
    std::optional<long> parts[3];
    int part = 0;
    while (peek().kind != TokenKind::kCloseBracket) {
      if (take_if(TokenKind::kColon)) {
        if (++part > 2) return unexpected();
        continue;
      }
      if (peek().kind != TokenKind::kNumber || parts[part]) return unexpected();
      const std::string text = take().text;
      long number = 0;
      std::from_chars(text.data(), text.data() + text.size(), number);
      parts[part] = number;
    }
    if (part == 0 && !parts[0]) return unexpected();
    take();
    QueryNode selection = node(part == 0 ? QueryKind::kIndex : QueryKind::kSlice);
    if (part == 0) {
      selection.index = *parts[0];
      return node(QueryKind::kSub, {std::move(left), std::move(selection)});
    }
    selection.from = parts[0];
    selection.to = parts[1];
    selection.step = parts[2];
    QueryNode sliced = node(QueryKind::kSub, {std::move(left), std::move(selection)});
    BM_ASSIGN(QueryNode right, projected(binding(TokenKind::kStar)));
    return node(QueryKind::kProject, {std::move(sliced), std::move(right)});
  }

  Result<QueryNode> list() {
    QueryNode made = node(QueryKind::kList);
    do {
      BM_ASSIGN(QueryNode element, expression(0));
      made.children.push_back(std::move(element));
    } while (take_if(TokenKind::kComma));
    BM_TRY(expect(TokenKind::kCloseBracket));
    return made;
  }

  Result<QueryNode> hash() {
    take();
    QueryNode made = node(QueryKind::kHash);
    do {
      if (peek().kind != TokenKind::kName && peek().kind != TokenKind::kQuotedName) {
        return unexpected();
      }
      made.keys.push_back(take().text);
      BM_TRY(expect(TokenKind::kColon));
      BM_ASSIGN(QueryNode element, expression(0));
      made.children.push_back(std::move(element));
    } while (take_if(TokenKind::kComma));
    BM_TRY(expect(TokenKind::kCloseBrace));
    return made;
  }

  Result<QueryNode> call(const std::string& name) {
    take();
    QueryNode made = node(QueryKind::kCall);
    made.text = name;
    if (take_if(TokenKind::kCloseParen)) return made;
    do {
      BM_ASSIGN(QueryNode argument, expression(0));
      made.children.push_back(std::move(argument));
    } while (take_if(TokenKind::kComma));
    BM_TRY(expect(TokenKind::kCloseParen));
    return made;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<QueryNode> parse_query(const std::string& text) {
  BM_ASSIGN(std::vector<Token> tokens, query_tokens(text));
  return Parser(std::move(tokens)).run();
}

}  // namespace batchmill::cli
